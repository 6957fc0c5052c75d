import htm from "htm";
import { h, type VNode } from "preact";

/** JSX-like templates without a compiler. Values are inserted as text or attributes, never as markup. */
export const html = htm.bind(h) as (strings: TemplateStringsArray, ...values: unknown[]) => VNode;
