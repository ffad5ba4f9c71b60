"use strict";
(() => {
  const trainings = JSON.parse(document.getElementById("charts").textContent);
  const NARROW = 420;

  /** The page's colours, which follow the reader's light or dark setting. */
  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function shown(value) {
    return value == null ? "–" : value.toFixed(3);
  }

  function line(label, number, extra) {
    return { label, stroke: colour("series-" + number), width: 1.75, value: (plot, value) => shown(value), ...extra };
  }

  /** Times lie on top of each other; the legend tells each by itself. */
  function layers(training) {
    const { compute, broadcast, average } = training;
    const sum = (...columns) => training.steps.map((step, i) => columns.reduce((total, column) => total + (column[i] || 0), 0));
    const layer = (label, number, own) => line(label, number, {
      fill: colour("series-" + number),
      width: 0,
      points: { show: false },
      value: (plot, value, series, i) => (i == null ? "–" : shown(own[i]) + " s"),
    });
    return {
      data: [sum(compute, broadcast, average), sum(compute, broadcast), sum(compute)],
      series: [layer("average", 2, average), layer("broadcast", 4, broadcast), layer("compute", 1, compute)],
    };
  }

  const kinds = {
    content: training => ({ data: [training.content], series: [line("content loss", 1)] }),
    game: training => ({
      data: [training.adversarial, training.real, training.edge, training.fake],
      series: [line("generator", 1), line("D on cartoons", 3), line("D on edge-smoothed", 4), line("D on generated", 2)],
    }),
    time: layers,
  };

  /** Every second phase is tinted, and every phase is named at its top. */
  function phases(training) {
    return plot => {
      const { ctx, bbox } = plot;
      const scale = devicePixelRatio;
      ctx.save();
      ctx.font = 11 * scale + "px system-ui, sans-serif";
      ctx.textBaseline = "top";
      ctx.textAlign = "left";
      let named = bbox.left;
      training.phases.forEach((phase, i) => {
        const from = Math.max(bbox.left, plot.valToPos(phase.from, "x", true));
        const to = Math.min(bbox.left + bbox.width, plot.valToPos(phase.to, "x", true));
        if (to <= from && training.phases.length > 1) {
          return;
        }
        if (i % 2 === 0 && training.phases.length > 1) {
          ctx.fillStyle = colour("band");
          ctx.fillRect(from, bbox.top, to - from, bbox.height);
        }
        const start = Math.max(from + 4 * scale, named);
        const end = start + ctx.measureText(phase.name).width;
        if (end < bbox.left + bbox.width) {
          ctx.fillStyle = colour("soft");
          ctx.fillText(phase.name, start, bbox.top + 3 * scale);
          named = end + 6 * scale;
        }
      });
      ctx.restore();
    };
  }

  function draw(place) {
    const training = trainings[Number(place.dataset.training)];
    const kind = place.dataset.kind;
    const { data, series } = kinds[kind](training);
    const few = training.steps.length < 60;
    const axis = label => ({
      label,
      labelSize: 20,
      labelFont: "12px system-ui, sans-serif",
      font: "11px system-ui, sans-serif",
      stroke: colour("soft"),
      grid: { stroke: colour("line"), width: 1 },
      ticks: { stroke: colour("line"), width: 1 },
    });
    const column = data.flat().filter(value => value != null);
    place.replaceChildren();
    if (column.length === 0) {
      const none = document.createElement("p");
      none.className = "small";
      none.textContent = "This run has no such loss.";
      place.append(none);
      return null;
    }
    return new uPlot({
      width: Math.max(200, place.clientWidth),
      height: place.clientWidth < NARROW ? 200 : 250,
      cursor: { drag: { x: true, y: false } },
      scales: {
        x: { time: false },
        // Losses and times are compared with zero.
        y: { range: (plot, low, high) => [Math.min(0, low), high > 0 ? high * 1.15 : 1] },
      },
      axes: [{ ...axis("step"), size: 34 }, { ...axis(kind === "time" ? "seconds" : "loss"), size: 52 }],
      series: [{ label: "step", value: (plot, value) => (value == null ? "–" : String(value)) }, ...series.map(one => ({ points: { show: few, size: 5 }, ...one }))],
      hooks: { drawClear: kind === "time" ? [] : [phases(training)] },
      legend: { live: true },
    }, [training.steps, ...data], place);
  }

  const places = [...document.querySelectorAll(".plot")];
  let plots = [];

  function drawAll() {
    plots.forEach(plot => plot && plot.destroy());
    plots = places.map(draw);
  }

  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  addEventListener("beforeprint", () => {
    document.documentElement.setAttribute("data-printing", "");
    drawAll();
  });
  addEventListener("afterprint", () => {
    document.documentElement.removeAttribute("data-printing");
    drawAll();
  });
  const widths = new ResizeObserver(entries => entries.forEach(entry => {
    const plot = plots[places.indexOf(entry.target)];
    const width = Math.max(200, Math.floor(entry.contentRect.width));
    if (plot && plot.width !== width) {
      plot.setSize({ width, height: plot.height });
    }
  }));
  places.forEach(place => widths.observe(place));

  document.querySelectorAll(".compare").forEach(button => {
    const pairs = button.nextElementSibling;
    button.hidden = false;
    button.addEventListener("click", () => {
      const sliding = pairs.classList.toggle("sliding");
      button.textContent = sliding ? "Show side by side" : "Compare with a slider";
      pairs.querySelectorAll("input").forEach(input => { input.hidden = !sliding; });
    });
    pairs.querySelectorAll("input").forEach(input => input.addEventListener("input", () => {
      input.closest(".views").style.setProperty("--cut", input.value + "%");
    }));
  });
})();
