/**
 * Some rare letters and signs have no place in the font where another sign may be put: the specification leaves the sign where it is
 * then, and the shaper (fontkit 2) fails. A name with such a letter would be a customer without bills.
 * @see https://learn.microsoft.com/typography/opentype/spec/gpos (base and mark arrays: anchor offsets may be NULL)
 */

type ApplyAnchor = (mark: { markAnchor?: unknown }, base: unknown, baseGlyph: number) => void;

/** What is touched of fontkit's font, which its types leave away. */
export interface ShapingFont {
  _layoutEngine?: { engine?: { GPOSProcessor?: { applyAnchor: ApplyAnchor } } };
}

/** Once for a font that was read. */
export function allowMissingAnchors(font: ShapingFont): void {
  const shaper = font._layoutEngine?.engine?.GPOSProcessor;
  if (shaper === undefined) return;
  const applyAnchor = shaper.applyAnchor.bind(shaper);
  shaper.applyAnchor = (mark, base, baseGlyph) => {
    if (base && mark.markAnchor) applyAnchor(mark, base, baseGlyph);
  };
}
