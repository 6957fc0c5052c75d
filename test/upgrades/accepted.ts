/** Resources of a release that teams lose with this one, by type and name: why that does no harm. `docs/migrate.md` tells them. */
export const accepted: { readonly [release: string]: { readonly [resource: string]: string } } = {
  "0.1.0": {},
};
