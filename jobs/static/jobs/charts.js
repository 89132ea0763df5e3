/* The charts of the overview: drawn by uPlot from roll-ups, again every half minute while somebody looks. */
"use strict";

(() => {
    const EVERY = 30_000;
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

    function draw(card) {
        const place = card.querySelector(".jobs-plot");
        let plot = null;
        let range = "1h";

        const options = () => ({
            width: place.clientWidth,
            height: 220,
            scales: { y: { range: (_, least, most) => [0, Math.max(most * 1.1, 1)] } },
            axes: [
                { stroke: colour("--jobs-quiet"), grid: { stroke: colour("--jobs-line") } },
                { stroke: colour("--jobs-quiet"), grid: { stroke: colour("--jobs-line") }, size: 60 },
            ],
            series: [
                {},
                { label: "completed", stroke: colour("--jobs-good"), width: 2, points: { show: false } },
                { label: "failed", stroke: colour("--jobs-bad"), width: 2, points: { show: false } },
                { label: "retried", stroke: colour("--jobs-warn"), width: 1, points: { show: false } },
            ],
        });

        async function refresh() {
            if (document.hidden) return;
            const answer = await fetch(`${card.dataset.jobsChart}?range=${range}`);
            if (!answer.ok) return;
            const points = await answer.json();
            plot?.destroy();
            plot = new uPlot(options(), [points.at, points.completed, points.failed, points.retried], place);
        }

        for (const button of card.querySelectorAll("[data-jobs-range]")) {
            button.addEventListener("click", () => {
                range = button.dataset.jobsRange;
                for (const other of card.querySelectorAll("[data-jobs-range]")) other.setAttribute("aria-pressed", String(other === button));
                refresh();
            });
        }
        window.addEventListener("resize", () => plot?.setSize({ width: place.clientWidth, height: 220 }));
        new MutationObserver(refresh).observe(document.documentElement, { attributeFilter: ["class"] });
        setInterval(refresh, EVERY);
        refresh();
    }

    for (const card of document.querySelectorAll("[data-jobs-chart]")) draw(card);
})();
