export { maskUrls } from "../../contracts";
