// A form that the application opened: labels with fields, sent as one.
// Rule: what Discord's client would refuse is said at the field, in its words.

import { act, Refused } from "../core/api.js";
import { outcome, Answer } from "../core/asked.js";
import { h } from "../core/dom.js";
import { bot } from "../core/here.js";
import { said } from "../talk/words.js";
import { openDialog } from "./dialog.js";
import { fieldOf } from "./form_fields.js";

const TEXT = 10;
const ROW = 1;
const WRONG = "Something went wrong. Try again.";

/** Opens the form of an interaction. */
export function openForm(interaction) {
  const { title, components } = interaction.form;
  const fields = [];
  const shown = components.map((one) => part(one, fields, interaction));
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const send = h("button", { type: "submit", class: "button primary" }, "Submit");
  const cancel = h("button", { type: "button", class: "button quiet" }, "Cancel");
  const note = h("p", { class: "form-note" }, `This form will be submitted to ${bot().username}. Do not share passwords or other sensitive information.`);
  const form = h("form", { novalidate: true }, h("div", { class: "form-body" }, shown, problem), h("footer", {}, note, h("div", { class: "row-of-controls" }, cancel, send)));
  const dialog = openDialog({ title, className: "form-dialog", body: [form] });
  cancel.addEventListener("click", () => dialog.close());
  const submit = () => sendForm({ interaction, fields, problem, send, dialog });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  });
  fields[0]?.focus();
}

function part(one, fields, interaction) {
  if (one.type === TEXT) return said(one.content);
  const inner = one.type === ROW ? one.components[0] : one.component;
  const field = fieldOf(inner, { label: one.label ?? inner.label ?? "", description: one.description, userId: interaction.user_id, channelId: interaction.channel_id });
  fields.push(field);
  return field.node;
}

async function sendForm({ interaction, fields, problem, send, dialog }) {
  if (send.disabled) return;
  problem.hidden = true;
  for (const field of fields) field.say("");
  send.disabled = true;
  send.setAttribute("aria-busy", "true");
  try {
    const options = {};
    for (const field of fields) {
      const value = await field.read();
      if (value !== undefined) options[field.id] = value;
    }
    const { interaction: sent } = await act("submit", { user: interaction.user_id, interaction: interaction.id, options });
    const ended = await outcome(sent);
    if (ended.failed) throw new Refused(WRONG);
    dialog.close();
    if (ended.answer === Answer.FORM) openForm(ended);
  } catch (error) {
    refuse(error, fields, problem);
  } finally {
    send.disabled = false;
    send.removeAttribute("aria-busy");
  }
}

function refuse(error, fields, problem) {
  const words = error instanceof Refused ? error.message : WRONG;
  const at = fields.find((field) => field.id === error.field);
  if (at) {
    at.say(words);
    at.focus();
  } else {
    problem.textContent = words;
    problem.hidden = false;
  }
}
