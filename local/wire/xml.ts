import type { Json, JsonObject } from "../json";
import { requireOptionalLibrary } from "../services/optional-library";
import { AwsError } from "../services/service";

/** The first line of AWS's XML answers. */
export const xmlDeclaration = '<?xml version="1.0"?>\n';

/**
 * Writes an element: scalars become its text, an object's members its children. An array repeats the element,
 * as Smithy's flattened lists do; a wrapped list is an object with one member that is an array.
 */
export function writeXml(name: string, value: Json, attributes = ""): string {
  if (Array.isArray(value)) return value.map((one) => writeXml(name, one)).join("");
  return `<${name}${attributes}>${writeContent(value)}</${name}>`;
}

/** @returns the error document of the query and REST-XML protocols. */
export function writeXmlError(error: AwsError, code: string, requestId: string, xmlns: string): string {
  const type = error.statusCode < 500 ? "Sender" : "Receiver";
  const document = {
    Error: { Type: type, Code: code, Message: error.message, ...error.members },
    RequestId: requestId,
  };
  return xmlDeclaration + writeXml("ErrorResponse", document, ` xmlns="${xmlns}"`);
}

/**
 * Reads a document without its attributes: scalars are texts, an element that occurs several times is an array.
 * @returns the root element's name and content.
 * @throws {AwsError} `MalformedXML`, as CloudFront calls it, when the text is not one element.
 */
export async function readXml(text: string): Promise<{ name: string; content: Json }> {
  const { XMLParser, XMLValidator } = await loadXmlParser();
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw malformed(valid.err.msg);
  const parser = new XMLParser({
    ignoreDeclaration: true,
    // Types are the API model's business: a comment may consist of digits, or of blanks.
    parseTagValue: false,
    trimValues: false,
    htmlEntities: true,
  });
  const roots = Object.entries(withoutWhitespace(parser.parse(text) as JsonObject));
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw malformed("expected one element");
  return { name: root[0], content: root[1] };
}

/** The library, which takes some milliseconds to load: only a program with a distribution needs it. */
export async function loadXmlParser(): Promise<typeof import("fast-xml-parser")> {
  // Jest has no import() in CommonJS.
  return requireOptionalLibrary(
    "fast-xml-parser",
    () => require("fast-xml-parser") as typeof import("fast-xml-parser"),
  );
}

function malformed(reason: string): AwsError {
  return new AwsError("MalformedXML", `The request body is not well-formed XML: ${reason}.`);
}

/** The text beside child elements is indentation. */
function withoutWhitespace(element: JsonObject): JsonObject {
  const children = Object.entries(element).filter(([name]) => name !== "#text");
  return Object.fromEntries(children.map(([name, child]) => [name, cleaned(child)]));
}

function cleaned(value: Json): Json {
  if (Array.isArray(value)) return value.map(cleaned);
  return typeof value === "object" && value !== null ? withoutWhitespace(value) : value;
}

function writeContent(value: Exclude<Json, Json[]>): string {
  if (value === null) return "";
  if (typeof value !== "object") return escapeXml(String(value));
  return Object.entries(value)
    .filter(([, child]) => child !== undefined)
    .map(([name, child]) => writeXml(name, child))
    .join("");
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}
