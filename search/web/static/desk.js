// The pages work without this file. With it: `/` goes to the search box, j and k walk the stories, and the box
// completes what is typed.
"use strict";

(() => {
  const box = document.querySelector(".box input[type=search]");

  const stories = () => Array.from(document.querySelectorAll("[data-walk] .hit"));
  let here = -1;

  function walk(step) {
    const list = stories();
    if (!list.length) return;
    list[here]?.classList.remove("here");
    here = Math.min(list.length - 1, Math.max(0, here + step));
    const story = list[here];
    story.classList.add("here");
    story.querySelector("h2 a").focus({ preventScroll: true });
    story.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    if (event.key === "/" && box) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === "j") {
      walk(1);
    } else if (event.key === "k") {
      walk(-1);
    }
  });

  if (box) complete(box);

  function complete(input) {
    const list = document.createElement("ul");
    list.className = "completions";
    list.id = "completions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Completions");
    list.hidden = true;
    input.form.append(list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
      input.setAttribute(name, value);
    }
    let waiting = 0;
    let asked = 0;
    let chosen = -1;

    function close() {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function take(item) {
      if (item.dataset.id) {
        location.assign(`/story/${encodeURIComponent(item.dataset.id)}`);
      } else {
        input.value = item.textContent;
        input.form.requestSubmit();
      }
    }

    function show(suggestions) {
      list.replaceChildren(
        ...suggestions.map((suggestion, number) => {
          const item = document.createElement("li");
          item.id = `completion-${number}`;
          item.setAttribute("role", "option");
          item.setAttribute("aria-selected", "false");
          item.className = suggestion.kind;
          item.dir = "auto";
          item.textContent = suggestion.text;
          if (suggestion.id) item.dataset.id = suggestion.id;
          item.addEventListener("mousedown", (event) => {
            event.preventDefault();
            take(item);
          });
          return item;
        }),
      );
      chosen = -1;
      list.hidden = !suggestions.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.removeAttribute("aria-activedescendant");
    }

    async function ask() {
      const number = ++asked;
      const typed = input.value;
      if (typed.trim().length < 2) return close();
      try {
        const answer = await fetch(`/api/suggest?${new URLSearchParams({ q: typed })}`);
        if (number === asked && answer.ok && document.activeElement === input) show((await answer.json()).suggestions);
      } catch {
        close(); // the server is away; the box still searches
      }
    }

    function choose(step) {
      const items = list.children;
      items[chosen]?.setAttribute("aria-selected", "false");
      chosen = (chosen + step + items.length + 1 + 1) % (items.length + 1) - 1;
      if (chosen < 0) {
        input.removeAttribute("aria-activedescendant");
      } else {
        items[chosen].setAttribute("aria-selected", "true");
        input.setAttribute("aria-activedescendant", items[chosen].id);
      }
    }

    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 120);
    });
    input.addEventListener("blur", () => {
      asked += 1;
      close();
    });
    input.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        choose(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter" && chosen >= 0) {
        event.preventDefault();
        take(list.children[chosen]);
      } else if (event.key === "Escape") {
        event.preventDefault(); // or the box would be emptied
        event.stopPropagation();
        close();
      }
    });
  }
})();
