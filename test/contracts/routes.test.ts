import { expect } from "chai";
import { type Route, restOperations, routes } from "../../contracts";

const table: readonly (readonly [string, Route])[] = Object.entries(routes);

describe("The table of routes", () => {
  it("has the operations, in their order", () => {
    expect(restOperations.map(({ name }) => name)).to.deep.equal(table.map(([name]) => name));
  });

  it("has each method of a path once", () => {
    const keys = table.map(([, { method, path }]) => `${method} ${path}`);
    expect(keys).to.deep.equal([...new Set(keys)]);
  });

  it("has paths of plain segments and of whole segments in braces, as API Gateway takes them", () => {
    for (const [, { path }] of table) expect(path).to.match(/^(\/([a-z-]+|\{[a-zA-Z]+\}))+$/);
  });
});
