"""From a slash command to a job, on the local Discord with everything real behind it."""

from tests.faced import until
from tests.members import studio


async def test_a_command_becomes_a_job_and_the_job_a_video(tmp_path) -> None:
    async with studio(tmp_path) as here:
        asked = await here.ann.slash(
            "ltx text", {"prompt": "a fox in the snow", "duration": 5}, channel=here.videos
        )
        answer = await asked.message()
        assert not answer.ephemeral
        assert "a fox in the snow" in answer.text
        assert "$0.08" in answer.text
        assert "$0.92" in answer.text
        video = await here.video(1)
        assert "a fox in the snow" in video.text
        await until(lambda: answer.deleted)
        [job] = await here.jobs_of(here.ann)
        assert job.place.message == answer.id
