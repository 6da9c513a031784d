/* The referral form: printing by a button, since the page's policy allows no inline script. */
document.getElementById("print").addEventListener("click", () => window.print());
