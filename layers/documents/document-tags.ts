/**
 * The structure of a document beside its looks: what is a heading, a table, an ornament, in the order people read. Screen readers
 * go by it.
 * @see ISO 32000-1, 14.7, 14.8 (tagged PDF) and 14.9.4 (replacement text)
 */

/** `artifact`: on every page, as a page's number, or only for looks; not read out. */
export type TextRole = 'P' | 'H1' | 'H2' | 'artifact';
export type CellRole = 'TH' | 'TD';
type GroupRole = 'Table' | 'TR' | CellRole;

const arabic = /\p{Script=Arabic}/u;

export class DocumentTags {
  readonly #pdf: PDFKit.PDFDocument;
  readonly #root: PDFKit.PDFStructureElement;
  #parent: PDFKit.PDFStructureElement;
  #isArtifact = false;

  /** @param pdf made with `tagged` */
  constructor(pdf: PDFKit.PDFDocument) {
    this.#pdf = pdf;
    this.#root = pdf.struct('Document');
    this.#parent = this.#root;
    pdf.addStructure(this.#root);
  }

  /** What is drawn meanwhile belongs together. */
  group(role: GroupRole, draw: () => void): void {
    if (this.#isArtifact) {
      draw();
      return;
    }
    const outer = this.#parent;
    this.#parent = this.#pdf.struct(role);
    outer.add(this.#parent);
    draw();
    this.#parent = outer;
  }

  /** Nothing of what is drawn meanwhile is read out. */
  artifact(draw: () => void): void {
    if (this.#isArtifact) {
      draw();
      return;
    }
    this.#isArtifact = true;
    this.#pdf.markContent('Artifact', { type: 'Layout' });
    draw();
    this.#pdf.endMarkedContent();
    this.#isArtifact = false;
  }

  /** @param text what is drawn, as it is read */
  text(role: TextRole = 'P', text: string, draw: () => void): void {
    if (role === 'artifact' || this.#isArtifact) {
      this.artifact(draw);
      return;
    }
    // Arabic stands on paper in another order than it is read in.
    const element = this.#pdf.struct(role, arabic.test(text) ? { actual: text } : {});
    this.#parent.add(element);
    element.add(this.#pdf.markStructureContent(role));
    draw();
    this.#pdf.endMarkedContent();
  }

  end(): void {
    this.#root.end();
  }
}
