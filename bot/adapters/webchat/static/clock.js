// The demo's clock: what time it is in the group, and the buttons that move it on.

import { find } from "./dom.js";
import { post } from "./net.js";
import { now, on, setNow, store, tell } from "./store.js";
import { t, tag } from "./texts.js";

let moving = false;

export const isMoving = () => moving;

export function begin() {
  find("clock").hidden = !store.canMoveClock;
  for (const button of find("jumps").children) button.addEventListener("click", () => move(button.dataset.to));
  find("jump").addEventListener("submit", (event) => {
    event.preventDefault();
    move(find("jump-to").value);
  });
  on("clock", draw);
  setInterval(draw, 1000);
  draw();
}

export function draw() {
  const format = { timeZone: store.zone, month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const shown = new Intl.DateTimeFormat(tag(), format).format(now());
  if (find("now").textContent !== shown) find("now").textContent = shown;
  const local = new Intl.DateTimeFormat("sv-SE", { timeZone: store.zone, dateStyle: "short", timeStyle: "short" }).format(now());
  if (document.activeElement !== find("jump-to") && !find("jump-to").value) find("jump-to").value = local.replace(" ", "T");
}

export async function move(to) {
  if (moving) return;
  moving = true;
  const controls = find("clock").querySelectorAll("button, input");
  const before = document.activeElement;
  find("clock").setAttribute("aria-busy", "true");
  for (const control of controls) control.disabled = true;
  const label = find("clock").querySelector("[data-text]");
  label.textContent = t("webchat.clock.moving");
  const answer = await post("clock", { to });
  label.textContent = t(label.dataset.text);
  for (const control of controls) control.disabled = false;
  find("clock").removeAttribute("aria-busy");
  if (find("clock").contains(before)) before.focus();
  moving = false;
  find("jump-to").value = "";
  if (answer.ok) setNow(answer.now);
  else tell("toast", answer.error);
}
