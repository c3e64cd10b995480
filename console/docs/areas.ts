/** Which part of the API the page shows, and the way to the others. */
import type { AreaContents } from '../../layers/kernel/openapi/areas.ts';
import { currentLanguage, text } from '../texts.ts';

/** The area that an address means: that of the tag it opens, or the one it names, or the first. */
export function areaOf(areas: readonly AreaContents[], { hash, search }: Location): AreaContents {
  const [, tag = ''] = hash.split('/');
  const id = new URLSearchParams(search).get('area');
  return (
    areas.find(({ tags }) => tags.some((name) => encodeURIComponent(name) === tag)) ??
    areas.find((area) => area.id === id) ??
    areas[0]!
  );
}

/** Links, so that every area has an address, a place in the browser's history and a place in the order of the keyboard. */
export function showAreas(areas: readonly AreaContents[], shown: AreaContents): void {
  const nav = document.querySelector<HTMLElement>('#areas')!;
  nav.ariaLabel = text('areas');
  nav.replaceChildren(
    ...areas.map(({ id, title }) => {
      const link = document.createElement('a');
      link.href = `?area=${id}`;
      link.textContent = title[currentLanguage()];
      if (id === shown.id) link.ariaCurrent = 'page';
      return link;
    }),
  );
  document.title = `${text('docs')}: ${shown.title[currentLanguage()]}`;
}
