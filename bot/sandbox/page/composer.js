// The line where a person types, with suggestions for commands.
import { config, h } from "./dom.js";

export function composer(form, field, list, send) {
  let chosen = 0;
  const hits = () => {
    const typed = field.value;
    return list && /^\/\S*$/.test(typed) ? config.commands.filter((c) => c.name.startsWith(typed)) : [];
  };
  const grow = () => {
    field.rows = Math.min(6, field.value.split("\n").length);
  };
  const take = (command) => {
    field.value = `${command.name} `;
    suggest();
    field.focus();
  };
  const suggest = () => {
    grow();
    if (!list) return;
    const found = hits();
    chosen = Math.min(chosen, Math.max(0, found.length - 1));
    list.replaceChildren(...found.map((c, i) => h("li", { role: "option", "aria-selected": String(i === chosen) },
      h("button", { type: "button", class: "suggestion", data: { command: c.name }, onclick: () => take(c) },
        h("strong", {}, c.name), h("code", {}, c.usage), h("span", {}, c.description)))));
    list.hidden = found.length === 0;
  };
  const submit = () => {
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    suggest();
    send(text);
  };
  field.addEventListener("input", () => {
    chosen = 0;
    suggest();
  });
  field.addEventListener("keydown", (event) => {
    const found = hits();
    if (found.length > 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
      suggest();
    } else if (found.length > 0 && event.key === "Tab") {
      event.preventDefault();
      take(found[chosen]);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (found.length > 0 && found[chosen].name !== field.value) take(found[chosen]);
      else submit();
    } else if (event.key === "Escape" && list) list.hidden = true;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
}
