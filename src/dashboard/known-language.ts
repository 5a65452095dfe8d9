// uPlot asks Intl for the browser's language as soon as it is loaded, and some browsers call that of a POSIX locale
// "en-US@posix", which Intl refuses. Import this before it.

try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en-US", configurable: true });
}

export {};
