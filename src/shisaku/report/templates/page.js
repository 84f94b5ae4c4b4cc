"use strict";
// Shows one of the page's two languages and draws the charts of that language. Runs no text of the run as code:
// specifications are data, expressions go through Vega's interpreter, and nothing is ever loaded.
(function () {
  const root = document.documentElement;
  const refused = { load: () => Promise.reject(new Error("offline")), sanitize: () => Promise.reject(new Error("offline")) };

  function wanted() {
    const asked = location.hash.match(/^#(en|ja)$/) || location.search.match(/[?&]lang=(en|ja)(?:&|$)/);
    if (asked) return asked[1];
    return (navigator.language || "en").toLowerCase().startsWith("ja") ? "ja" : "en";
  }

  function show(lang) {
    root.lang = lang;
    root.dataset.lang = lang;
    document.title = lang === "ja" ? document.body.dataset.titleJa : document.body.dataset.titleEn;
    for (const button of document.querySelectorAll(".switch button")) {
      button.setAttribute("aria-pressed", String(button.dataset.to === lang));
    }
    for (const place of document.querySelectorAll(".chart." + lang)) draw(place);
  }

  function draw(place) {
    if (place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    const spec = JSON.parse(place.nextElementSibling.textContent);
    // ast: expressions are interpreted, never compiled, so the page's policy needs no unsafe-eval.
    const options = { mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, tooltip: false, loader: refused, logLevel: vega.Error };
    vegaEmbed(place, spec, options).catch((error) => { place.textContent = String(error); });
  }

  document.querySelector(".switch").hidden = false;
  for (const button of document.querySelectorAll(".switch button")) {
    button.addEventListener("click", () => {
      history.replaceState(null, "", "#" + button.dataset.to);
      show(button.dataset.to);
    });
  }
  addEventListener("hashchange", () => { if (/^#(en|ja)$/.test(location.hash)) show(wanted()); });
  addEventListener("beforeprint", () => { for (const part of document.querySelectorAll("main details")) part.open = true; });
  show(wanted());
})();
