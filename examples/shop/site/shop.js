// The little behaviour the shop has: a menu, a cart drawer, form checks and a clock.
"use strict";

// Buttons which open a panel: data-opens names the panel's id.
for (const button of document.querySelectorAll("[data-opens]")) {
  const panel = document.getElementById(button.dataset.opens);
  button.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
  });
}

// The cart drawer of the product page.
const drawer = document.getElementById("cart-drawer");
if (drawer) {
  const shade = document.querySelector(".shade");
  const show = (open) => {
    drawer.hidden = !open;
    shade.hidden = !open;
  };
  document.getElementById("add-to-cart").addEventListener("click", () => {
    document.querySelector(".cart-count").textContent = "4";
    show(true);
  });
  document.getElementById("close-drawer").addEventListener("click", () => show(false));
  shade.addEventListener("click", () => show(false));
}

// The checkout marks the fields which are not valid, instead of the browser's bubbles.
const form = document.getElementById("checkout-form");
if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    for (const field of form.querySelectorAll(".field")) {
      const input = field.querySelector("input, select");
      field.classList.toggle("invalid", !input.checkValidity());
    }
    form.querySelector(".form-alert").hidden = form.checkValidity();
  });
}

// The deal ends at midnight. This is the one part of the shop which never looks
// the same twice, so the screenshots mask it.
const countdown = document.getElementById("countdown");
if (countdown) {
  const digits = countdown.querySelectorAll("b");
  const tick = () => {
    const now = new Date();
    const left = 86399 - (now.getHours() * 3600 + now.getMinutes() * 60 + now.getSeconds());
    const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    parts.forEach((part, i) => {
      digits[i].firstChild.textContent = String(part).padStart(2, "0");
    });
  };
  tick();
  setInterval(tick, 1000);
}
