// Brings the page to life; without it every page works as it is.

import * as copy from "./copy.js";
import * as dialogs from "./dialogs.js";
import * as keys from "./keys.js";
import * as live from "./live.js";
import * as navigation from "./navigation.js";
import * as panel from "./panel.js";
import * as relative from "./relative.js";
import * as rows from "./rows.js";
import * as said from "./said.js";
import * as search from "./search.js";
import * as selection from "./selection.js";

document.documentElement.classList.add("js");
const parts = [said, copy, relative, rows, panel, navigation, search, selection, dialogs, keys, live];
for (const part of parts) part.start();
