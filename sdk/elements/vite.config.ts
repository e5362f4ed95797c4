import { library } from "../library.js";

export default library(new URL(".", import.meta.url), { index: "src/index.ts" });
