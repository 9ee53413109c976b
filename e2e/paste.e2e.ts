import { beforeAll, describe, expect, test } from 'vitest';
import { newPad, padHtml, pasteHtml, textOf, WAIT_MS } from './harness/pad.ts';
import { type Person, useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

let ada: Person;
beforeAll(async () => {
  ada = await world.resident();
});

/** As Word 365 puts it into the clipboard, shortened. */
const WORD = `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"><!--[if gte mso 9]><xml><o:OfficeDocumentSettings/></xml><![endif]-->
<style><!-- p.MsoNormal {margin:0cm; font-family:"Calibri",sans-serif;} --></style></head>
<body lang=FR style='tab-interval:35.4pt'><!--StartFragment-->
<h2>Courses<o:p></o:p></h2>
<p class=MsoNormal>Pour <b>samedi</b><span style='mso-spacerun:yes'>  </span>:<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>pain<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span style='font-family:"Courier New"'><span style='mso-list:Ignore'>o<span>&nbsp;&nbsp; </span></span></span><![endif]>de seigle<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span><span style='mso-list:Ignore'>·<span>&nbsp; </span></span></span><![endif]>eau<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp; </span></span><![endif]>ouvrir<o:p></o:p></p>
<table class=MsoTableGrid border=1 style='border-collapse:collapse;mso-yfti-tbllook:1184'><tr style='mso-yfti-irow:0'><td width=301 valign=top style='width:225.75pt;border:solid windowtext 1.0pt'><p class=MsoNormal>Qui<o:p></o:p></p></td></tr></table>
<!--EndFragment--></body></html>`;

/** As LibreOffice Writer 7.4 does. */
const LIBREOFFICE = `<!DOCTYPE html><html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"/><title></title>
<meta name="generator" content="LibreOffice 7.4.7.2 (Linux)"/><style type="text/css">@page { margin: 2cm } p { line-height: 115% }</style></head>
<body lang="fr-FR" link="#000080" dir="ltr"><h1 class="western">Assemblée</h1>
<p style="line-height: 100%; margin-bottom: 0cm"><font color="#000000"><font face="Liberation Serif, serif"><i>Présents</i></font></font> : <span style="font-weight: bold">Anne</span></p>
<ol><li><p style="margin-bottom: 0cm">Bilan</p></li></ol></body></html>`;

/** As Google Docs does. */
const GOOGLE = `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-4e1f"><h2 dir="ltr" style="line-height:1.38"><span style="font-size:16pt;font-weight:400">Plan</span></h2><br /><p dir="ltr" style="line-height:1.38"><span style="font-weight:700;font-style:normal;text-decoration:none">Gras</span><span style="font-weight:400"> et </span><span style="font-weight:400;font-style:italic">penché</span></p><br class="Apple-interchange-newline"><ul style="margin:0"><li dir="ltr" style="list-style-type:disc" aria-level="1"><p dir="ltr" role="presentation"><span>un</span></p></li></ul></b>`;

/** A note, as each of them puts it into the clipboard. */
const WORD_NOTE = `<p class=MsoNormal>Avant<a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1" title=""><span class=MsoFootnoteReference><span style='mso-special-character:footnote'><![if !supportFootnotes]><span class=MsoFootnoteReference>[1]</span><![endif]></span></span></a> après</p>
<div style='mso-element:footnote-list'><![if !supportFootnotes]><br clear=all><hr align=left size=1 width="33%"><![endif]><div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a style='mso-footnote-id:ftn1' href="#_ftnref1" name="_ftn1" title=""><span>[1]</span></a> Voir <i>ceci</i></p></div></div>`;
const LIBREOFFICE_NOTE = `<p>Avant<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a> après</p>
<div id="sdfootnote1"><p class="sdfootnote"><a class="sdfootnotesym" name="sdfootnote1sym" href="#sdfootnote1anc">1</a>Voir <i>ceci</i></p></div>`;
const GOOGLE_NOTE = `<p><span>Avant</span><sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup><span> après</span></p><hr><div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;Voir </span><i>ceci</i></p></div>`;

describe('what is pasted from', () => {
  test('Word has its lists as lists, and nothing of Word', async () => {
    await newPad(ada.page, world.origin);
    await pasteHtml(ada.page, WORD);
    await expect.poll(() => padHtml(ada.page), patience).toContain('<h2>Courses</h2>');
    const html = await padHtml(ada.page);
    expect(html).toMatch(/<p>Pour <strong>samedi<\/strong>\s*:<\/p>/);
    expect(html).toContain(
      '<ul><li><p>pain</p><ul><li><p>de seigle</p></li></ul></li><li><p>eau</p></li></ul><p></p><ol><li><p>ouvrir</p></li></ol>',
    );
    expect(html).toContain('<td><p>Qui</p></td>');
    expect(html).not.toMatch(/mso|o:p|·/i);
  });

  test('LibreOffice and Google Docs keeps its marks, and no empty lines', async () => {
    await newPad(ada.page, world.origin);
    await pasteHtml(ada.page, LIBREOFFICE);
    await expect
      .poll(() => padHtml(ada.page), patience)
      .toMatch(
        /<h1>Assemblée<\/h1><p><em>Présents<\/em>\s*: <strong>Anne<\/strong><\/p><ol><li><p>Bilan<\/p><\/li><\/ol>/,
      );
    await newPad(ada.page, world.origin);
    await pasteHtml(ada.page, GOOGLE);
    await expect
      .poll(() => padHtml(ada.page), patience)
      .toContain('<h2>Plan</h2><p><strong>Gras</strong> et <em>penché</em></p><ul><li><p>un</p></li></ul>');
    expect(ada.watch.errors).toEqual([]);
  });

  test.each([
    ['Word', WORD_NOTE],
    ['LibreOffice', LIBREOFFICE_NOTE],
    ['Google Docs', GOOGLE_NOTE],
  ])('%s has its notes as notes', async (_program, html) => {
    await newPad(ada.page, world.origin);
    await pasteHtml(ada.page, html);
    const notes = ada.page.getByRole('region', { name: 'Notes' }).locator('.pad-note-words');
    await expect.poll(() => notes.allTextContents(), patience).toEqual(['Voir ceci']);
    expect(await notes.locator('em').textContent()).toBe('ceci');
    expect((await textOf(ada.page).textContent())?.trim()).toBe('Avant1 après');
  });
});
