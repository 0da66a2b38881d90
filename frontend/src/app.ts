// What every page needs: htmx for partial updates, and the keys that work everywhere.
import htmx from "htmx.org";
import { showCuts } from "./shared/cut";
import { listen } from "./shared/keys";
import { tellOfLostPictures } from "./shared/pictures";
import { followTheme } from "./shared/theme";

htmx.config.allowEval = false; // the pages' policy forbids it
htmx.config.includeIndicatorStyles = false; // they are in styles.css
htmx.config.selfRequestsOnly = true;
htmx.config.defaultSettleDelay = 0; // a form that was put in answers at once, or a quick key would send it past htmx
htmx.config.historyCacheSize = 0; // records of people do not stay in the browser's storage

followTheme();
listen();
showCuts();
tellOfLostPictures();
