// Gives each frame of lossmask on a page the height of what is in it. A frame says how high it is and nothing else, and this
// file believes it only about itself: no message makes it do more than set a height.
addEventListener("message", ({ data, source }) => {
  if (data?.type !== "lossmask:height" || !(data.height > 0)) return;
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.contentWindow === source) frame.style.height = `${Math.min(data.height, 100_000)}px`;
  }
});
