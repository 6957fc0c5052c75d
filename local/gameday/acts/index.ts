import type { Act } from "../situation";
import { confirmation } from "./confirmation";
import { kills } from "./kills";
import { operators } from "./operators";
import { requests } from "./requests";
import { services } from "./services";

/** The game day, act by act. */
export const acts: readonly Act[] = [confirmation, requests, services, operators, kills];
