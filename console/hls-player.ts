// A file of its own, which is loaded when somebody presses Play.
export { default } from "hls.js/light";
