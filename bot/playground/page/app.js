// Begins the page. What neighbours may import stands in playground.js, and is described there.
//
// The stage is a module of its own, /page/stage/stage.js: it fills <aside id="stage"> with whatever
// it exports or does when it is loaded. The page is whole without it.

import { begin } from "./core/here.js";
import { startComposer } from "./compose/composer.js";
import { startTimes } from "./core/times.js";
import { startFeed } from "./talk/feed.js";
import { startBar } from "./places/bar.js";
import { startChannels } from "./places/channels.js";
import { startDrawers } from "./places/drawers.js";
import { startPeople } from "./places/people.js";
import { startTheme } from "./places/theme.js";
import { startUnread } from "./places/unread.js";
import { toast } from "./pieces/toast.js";

startTheme();
startTimes();
startUnread();
startChannels();
startPeople();
startBar();
startDrawers();
startFeed();
startComposer();

async function start() {
  try {
    await begin();
  } catch (error) {
    toast(error.message, "bad");
    setTimeout(start, 2000);
    return;
  }
  document.documentElement.dataset.ready = "";
  // A stage that is not there, or that stumbles, takes nothing else with it.
  import("./stage/stage.js").catch((error) => console.info(`No stage: ${error.message}`));
}

start();
