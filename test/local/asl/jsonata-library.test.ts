import { expect } from "chai";
import jsonata from "jsonata";
import { compileJsonata } from "../../../local/asl/jsonata-library";

const input = {
  account: "Firefly",
  orders: [
    { id: "o1", products: [{ sku: "b", price: 34.45, quantity: 2, tags: ["hat", "red"] }] },
    {
      id: "o2",
      products: [
        { sku: "a", price: 21.67, quantity: 1, tags: [] },
        { sku: "c", price: 107.99, quantity: 1, tags: ["cloak"], nested: { colour: "black" } },
      ],
    },
  ],
  text: "one, two; three",
  empty: [],
  nothing: null,
};

/** Each form of the language whose evaluation is asynchronous in the library, and what they yield together. */
const expressions = [
  "orders.products.price",
  "orders[1].products[-1].nested.colour",
  "orders.products[price > 30 and quantity < 2].sku",
  "orders.products^(>price, sku).sku",
  "orders@$o.products@$p.{ 'order': $o.id, 'sku': $p.sku }",
  "orders#$i.{ 'at': $i, 'id': id }",
  "orders.products.tags.%.sku",
  "orders.products{ sku: $sum(price * quantity) }",
  "orders{ id: products.sku[] }",
  "$.orders.**.colour",
  "orders.*.sku",
  "[orders.id, [orders.products.sku], account & '!', -1, [1..5]]",
  "{ 'a': account, 'b': { 'c': [orders.id] }, 'd': missing }",
  "(  $x := 2; $y := function($n) { $n * $x }; $y(21) )",
  "($f := function($n, $sum) { $n = 0 ? $sum : $f($n - 1, $sum + $n) }; $f(500, 0))",
  "($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(15))",
  "$map(orders.products, function($p, $i, $all) { $p.sku & $i & $count($all) })",
  "$filter(orders.products, function($p) { 'red' in $p.tags }).sku",
  "$single(orders, function($o) { $o.id = 'o2' }).id",
  "$reduce([1..10], function($a, $b) { $a + $b }, 100)",
  "$each(orders[0].products, function($value, $key) { $key & ':' & $string($value) })",
  "$sift(orders[1].products[1], function($value) { $type($value) = 'number' })",
  "$sort(orders.products, function($a, $b) { $a.price > $b.price }).sku",
  "$sort(['b', 'a', 'c'])",
  "text ~> $split(/[,;] */) ~> $map($uppercase) ~> $join('-')",
  "$match(text, /o(.)/).groups",
  "$contains(text, /t[hw]/) and $contains(text, 'two')",
  "$replace(text, /(\\w+), (\\w+)/, '$2 before $1')",
  "$replace(text, /t\\w+/, function($m) { $uppercase($m.match) })",
  "($add := function($a, $b) { $a + $b }; $inc := $add(?, 1); $inc(41))",
  "($twice := $uppercase ~> $substring(?, 0, 3); $twice(account))",
  "orders ~> |products[sku = 'a']|{ 'price': 1, 'new': true }, ['tags']|",
  "account = 'Firefly' ? (missing ? 1 : 'else') : 0",
  "missing or orders.products.quantity = [2, 1, 1]",
  "$lookup(orders[0], 'id') & $exists(missing) & $boolean(empty)",
  "$fromMillis(1510067557121, '[Y0001]-[M01]-[D01]') & $toMillis('2017-11-07T15:12:37.121Z')",
  "$formatNumber(1234.5678, '#,##0.00') & $formatInteger(2789, 'w')",
  "$distinct(orders.products.quantity)",
  "$spread(orders[0].products[0])",
  "$merge(orders.products.{ sku: price })",
  "$zip(orders.id, [1, 2])",
  "$assert(false, 'told')",
  "$error('broken')",
  "account + 1",
  "$number('x')",
  "$undefined(1)",
  "orders.products.(price > 100 ? $error(sku) : sku)",
  "$map([1, 2], function($n) { $n = 2 ? $n.x.y : $n })",
  "($f := function($n) { $n = 0 ? 0 : $map([$n - 1], $f) }; $f(90))",
];

const outcomeOf = async (evaluate: () => unknown) => {
  try {
    return { value: JSON.stringify(await evaluate()) };
  } catch (error) {
    const { code, message, position, token } = error as Record<string, unknown>;
    return { code, message, position, token };
  }
};

describe("JSONata without promises", () => {
  for (const expression of expressions) {
    it(`yields what the library does for ${expression}`, async () => {
      const own = await outcomeOf(() => {
        const value = compileJsonata(expression).evaluate(input);
        expect(value).not.to.be.instanceOf(Promise);
        return value;
      });
      expect(own).to.deep.equal(await outcomeOf(() => jsonata(expression).evaluate(input)));
    });
  }
});
