// The menu of a message: the application's commands, and what everybody can do with a message.

import { act, look } from "../core/api.js";
import { MANAGE_MESSAGES, findChannel, may, me } from "../core/here.js";
import { openMenu } from "../pieces/menu.js";
import { toast } from "../pieces/toast.js";
import { pickMenu } from "./presses.js";

const MESSAGE_COMMAND = 3;

/** Opens the menu of a message at a place, such as a button's rectangle or the pointer's. */
export async function openMessageMenu(message, where) {
  const apps = await commands(message);
  const groups = [
    { title: "Apps", items: apps.map((name) => ({ label: name, picture: "clapper", run: () => pickMenu(message, name) })) },
    { title: "Message", items: [copy(message), away(message)].filter(Boolean) },
  ];
  openMenu({ label: "Message", groups: groups.filter((group) => group.items.length), where });
}

async function commands(message) {
  try {
    const found = await look("/commands", { as: me().id, channel: message.channel_id });
    return found.commands.filter((one) => one.type === MESSAGE_COMMAND).map((one) => one.name);
  } catch {
    return [];
  }
}

function copy(message) {
  const run = async () => {
    try {
      await navigator.clipboard.writeText(message.text);
      toast("Copied.", "good");
    } catch {
      toast("The browser does not let this page copy.", "bad");
    }
  };
  return message.text ? { label: "Copy text", picture: "copy", run } : null;
}

function away(message) {
  const deed = { user: me().id, channel: message.channel_id, message: message.id };
  const doing = (verb) => () => act(verb, deed).catch((error) => toast(error.message, "bad"));
  if (message.only_for) return { label: "Dismiss message", picture: "close", run: doing("dismiss") };
  const own = message.author.id === me().id;
  if (!own && !may(findChannel(message.channel_id), MANAGE_MESSAGES)) return null;
  return { label: "Delete message", picture: "trash", danger: true, run: doing("delete") };
}
