// What the stage (`/page/stage/stage.js`) and its tests may import. Everything else may change.
//
//   actor()                       who acts: {id, username, global_name, …}; null before the start
//   people()                      all who can act, in order
//   switchTo(userId)              acts as somebody else; a promise
//   place()                       the channel that is open: {id, name, guild_id, …}
//   openChannel(id, messageId?)   shows a channel; false where this person sees none of that id
//   world()                       the snapshot of `/_world?as=…`: users, servers, connected, outage
//   setBalance(userId, text)      what stands beside a person in the list "Who you are"
//   toast(text, kind?)            a word that goes by itself; kind: "info", "good", "bad"
//   tryCommand("ltx text", {prompt: "a fox"})   fills the message box, ready for Enter
//   on(topic, listener)           returns how to stop; topics:
//       "actor" (who), "place" (channel), "world" (snapshot), "link" (true: live, false: lost),
//       "event:KIND" for each event of `/_world/events`, such as "event:message_posted"
//   look(path, query), change(path, body), act(verb, body)   the admin surface; they throw Refused
//   h(tag, props, ...children)    builds a node; never use innerHTML: the page's policy forbids it
//
// The stage fills <aside id="stage">, which the page shows as soon as it has a child: a column on a
// wide screen, a drawer on a narrow one. It may bring stage/stage.css with
// `document.head.append(h("link", {rel: "stylesheet", href: "/page/stage/stage.css"}))`.
// The page's policy allows requests to its own origin only: no style attributes in markup, no
// inline scripts (`node.style.setProperty` is fine).
//
// CSS variables (style/theme.css): --ground --panel --raised --sunken --line --line-strong
// --ink --ink-soft --ink-faint --accent --accent-ink --accent-soft --good --good-soft --bad
// --bad-soft --careful --careful-soft --info --focus --radius --radius-small --space (4px)
// --text-small --text --text-large --mono --shadow
// A stylesheet of the stage holds for the whole page: its selectors begin with #stage.
// Classes to reuse: .button (+ .primary .good .danger .quiet), .icon-button, .field, .unseen, .tag

import { me } from "./core/here.js";

export { act, change, look, Refused } from "./core/api.js";
export { h } from "./core/dom.js";
export { openChannel, people, place, snapshot as world, switchTo } from "./core/here.js";
export { on } from "./core/news.js";
export { tryCommand } from "./compose/composer.js";
export { toast } from "./pieces/toast.js";
export { setBalance } from "./places/people.js";

export const actor = () => me();
