// The bench's camera, where the browser can read codes by itself. Typing works without any of it.
"use strict";

const scanner = document.getElementById("scanner");
const field = document.getElementById("id_code");
const state = document.getElementById("scan-state");
const video = document.getElementById("camera");

async function look(detector, stream) {
  if (!stream.active) return;
  const codes = await detector.detect(video).catch(() => []);
  if (codes.length) {
    for (const track of stream.getTracks()) track.stop();
    field.value = codes[0].rawValue;
    field.form.requestSubmit();
    return;
  }
  requestAnimationFrame(() => look(detector, stream));
}

async function scan() {
  state.textContent = state.dataset.looking;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    look(new BarcodeDetector(), stream);
  } catch {
    video.hidden = true;
    state.textContent = state.dataset.refused;
    field.focus();
  }
}

if (scanner && "BarcodeDetector" in window && navigator.mediaDevices) {
  scanner.hidden = false;
  document.getElementById("scan").addEventListener("click", scan);
}
