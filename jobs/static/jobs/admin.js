/* What the operator's pages do in the browser: times in the viewer's zone, the filter bar, keys, calm polling. */
"use strict";

(() => {
    const pad = (number) => String(number).padStart(2, "0");
    const day = (at) => `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
    const clock = (at) => `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

    function showTimes(root) {
        for (const time of root.querySelectorAll("time[data-jobs-time]")) {
            const at = new Date(time.dateTime);
            time.title = `${day(at)} ${clock(at)}.${String(at.getMilliseconds()).padStart(3, "0")} ${zone}`;
            if (time.dataset.jobsTime === "when") time.textContent = `${day(at)} ${clock(at)}`;
        }
    }

    /* --- The filter bar: words first, then the values of the word before the colon ------------------------------ */
    function suggestIn(bar) {
        const list = document.querySelector("[data-jobs-suggestions]");
        const { words, values } = JSON.parse(document.getElementById("jobs-bar-suggestions").textContent);
        let marked = -1;

        const term = () => bar.value.slice(0, bar.selectionStart).match(/[^\s]*$/)[0];
        const offers = () => {
            const now = term();
            const [word, value] = now.split(":");
            if (value !== undefined) {
                const begun = value.toLowerCase();
                return (values[word] ?? []).filter((one) => one.startsWith(begun)).map((one) => ({ put: `${word}:${one} `, say: one }));
            }
            return words
                .filter((one) => one.word.startsWith(now))
                .map((one) => ({ put: values[one.word] ? `${one.word}:` : one.example.split("…")[0], say: `${one.example} – ${one.help}` }));
        };
        const hide = () => { list.hidden = true; marked = -1; };
        const take = (put) => {
            const end = bar.selectionStart;
            const begin = end - term().length;
            bar.setRangeText(put, begin, end, "end");
            bar.focus();
            show();
        };
        const mark = (step) => {
            const items = [...list.children];
            marked = (marked + step + items.length) % items.length;
            items.forEach((item, place) => item.classList.toggle("jobs-marked", place === marked));
        };
        const show = () => {
            const found = offers().slice(0, 12);
            list.replaceChildren(...found.map(({ put, say }) => {
                const item = document.createElement("li");
                item.textContent = say;
                item.addEventListener("mousedown", (event) => { event.preventDefault(); take(put); });
                return item;
            }));
            list.hidden = found.length === 0;
            marked = -1;
        };
        bar.addEventListener("input", show);
        bar.addEventListener("focus", show);
        bar.addEventListener("blur", hide);
        bar.addEventListener("keydown", (event) => {
            if (list.hidden) return;
            if (event.key === "ArrowDown" || event.key === "ArrowUp") {
                event.preventDefault();
                mark(event.key === "ArrowDown" ? 1 : -1);
            } else if (event.key === "Escape") hide();
            else if ((event.key === "Enter" && marked >= 0) || (event.key === "Tab" && marked >= 0)) {
                event.preventDefault();
                take(offers()[marked].put);
            }
        });
    }

    /* --- Keys ------------------------------------------------------------------------------------------------------ */
    const PLACES = { o: "Overview", j: "Jobs", d: "Dead letters", p: "Operations", q: "Queues", w: "Workers", a: "Alerts", u: "Audit" };
    let going = false;

    function sheet() {
        let dialog = document.getElementById("jobs-keys");
        if (dialog) return dialog;
        dialog = document.createElement("dialog");
        dialog.id = "jobs-keys";
        dialog.className = "jobs-sheet";
        dialog.setAttribute("aria-label", "Keys");
        const lines = [["?", "this sheet"], ["/", "to the filter"], ...Object.entries(PLACES).map(([key, name]) => [`g ${key}`, name]), ["Esc", "close"]];
        const table = document.createElement("table");
        for (const [key, name] of lines) {
            const row = table.insertRow();
            row.insertCell().append(Object.assign(document.createElement("kbd"), { textContent: key }));
            row.insertCell().textContent = name;
        }
        const title = Object.assign(document.createElement("h2"), { textContent: "Keys" });
        dialog.append(title, table);
        document.body.append(dialog);
        return dialog;
    }

    function go(key) {
        const name = PLACES[key];
        const link = name && [...document.querySelectorAll("nav li a")].find((one) => one.textContent.trim().endsWith(name));
        if (link) window.location.assign(link.href);
    }

    document.addEventListener("keydown", (event) => {
        const typing = event.target.closest("input, textarea, select, [contenteditable]");
        if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
        if (going) { going = false; go(event.key); return; }
        if (event.key === "?") sheet().showModal();
        else if (event.key === "g") { going = true; setTimeout(() => { going = false; }, 1500); }
        else if (event.key === "/") {
            const bar = document.querySelector("[data-jobs-key='/']");
            if (bar) { event.preventDefault(); bar.focus(); }
        }
    });

    /* --- Calm: nothing is asked for while nobody looks ---------------------------------------------------------- */
    document.addEventListener("htmx:beforeRequest", (event) => { if (document.hidden) event.preventDefault(); });
    document.addEventListener("htmx:afterSwap", () => showTimes(document));

    document.addEventListener("DOMContentLoaded", () => {
        showTimes(document);
        const bar = document.querySelector("[data-jobs-bar]");
        if (bar) suggestIn(bar);
    });
})();
