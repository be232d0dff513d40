import { severities } from '../../finding.ts';
import type { ReadinessReport } from '../../report.ts';
import { countsText, groups, passed, severityWords, stepsOf, subjectText, verdict } from '../outline.ts';
import { dateTime } from '../../../domain/time-stamp.ts';
import { html, prose, type Markup } from './markup.ts';
import * as part from './parts.ts';
import { style } from './style.ts';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

function table(head: readonly string[], rows: readonly Markup[], label: string): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table: ${label}">
    <table class="stack" role="table">
      <thead role="rowgroup">
        <tr role="row">
          ${head.map((text) => html`<th scope="col" role="columnheader">${text}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function firstSteps(report: ReadinessReport): Section {
  const steps = stepsOf(report);
  const body =
    steps.length === 0
      ? html`<p>Nothing of high or medium weight was found.</p>`
      : html`<ol class="steps">
          ${steps.map((entry) => part.step(entry))}
        </ol>`;
  return { id: 'first', title: 'Fix first', body };
}

function production({ production: rows }: ReadinessReport): Section | undefined {
  if (rows.length === 0) return undefined;
  const lines = rows.map((row) => part.productionLine(row));
  return {
    id: 'production',
    title: 'Ready for production?',
    body: table(['question', 'state', 'answer'], lines, 'Questions about production'),
  };
}

function limitations({ limitations: all }: ReadinessReport): Section | undefined {
  if (all.length === 0) return undefined;
  return {
    id: 'cluster',
    title: 'What this cluster is',
    body: html`<p>True of it whatever runs on it, and measured on this very cluster.</p>
      <div class="cards">${all.map((entry) => part.card(entry))}</div>`,
  };
}

function places({ places: rows }: ReadinessReport): Section | undefined {
  if (rows.length === 0) return undefined;
  const where = table(
    ['what', 'node', 'path in the node', 'on the machine', 'size'],
    rows.map((row) => part.placeLine(row)),
    'Where each byte lives',
  );
  const survives = html`<h3 id="survival">What survives what</h3>
    <p class="faint">
      Derived from where each place is. <b>part</b>: what was synced to disk is there; what was being written
      may not be.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Table: What survives what">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">what</th>
            ${part.eventHeads()}
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => part.survivalLine(row))}
        </tbody>
      </table>
    </div>
    <details>
      <summary>Reasons</summary>
      <ul class="facts">
        ${rows.flatMap((row) => part.survivalReasons(row))}
      </ul>
    </details>`;
  return { id: 'data', title: 'Where each byte lives', body: html`${where}<br />${survives}` };
}

function findings(report: ReadinessReport): Section {
  const all = groups(report);
  const meaning = severities.map(
    (severity) => html`<li>${part.severityBadge(severity)} ${severityWords[severity]}</li>`,
  );
  return {
    id: 'findings',
    title: 'Findings',
    body: html`<ul class="meanings">
        ${meaning}
      </ul>
      ${all.length === 0 ? html`<p>None.</p>` : all.map((group) => part.groupBlock(group))}`,
  };
}

function notChecked({ notChecked: entries }: ReadinessReport): Section {
  const lines = entries.map(({ what, why, couldNotLook }) => {
    const state = couldNotLook ? part.badge('warn', 'could not look') : part.badge('calm', 'not tried');
    return html`<tr role="row">
      <th scope="row" role="rowheader">${what}</th>
      <td role="cell">${state}</td>
      <td role="cell">${prose(why)}</td>
    </tr>`;
  });
  return {
    id: 'not-checked',
    title: 'What was not checked',
    body: table(['what', 'state', 'why'], lines, 'What was not checked'),
  };
}

function clean(report: ReadinessReport): Section {
  const titles = passed(report);
  return {
    id: 'clean',
    title: 'Checks without a finding',
    body:
      titles.length === 0
        ? html`<p>None.</p>`
        : html`<ul class="columns faint">
            ${titles.map((title) => html`<li>${title}</li>`)}
          </ul>`,
  };
}

/** The report as one file of HTML that asks for nothing outside of it and runs no script. */
export function htmlReport(report: ReadinessReport): string {
  const sections = [
    firstSteps(report),
    production(report),
    limitations(report),
    places(report),
    findings(report),
    notChecked(report),
    clean(report),
  ].filter((section) => section !== undefined);
  const subject = subjectText(report);
  const answer = verdict(report);
  const tiles = severities.map((severity) =>
    part.tile(severity, report.counts[severity], severityWords[severity]),
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="rekindle ${report.version}">
<title>Readiness report: ${subject}</title>
<style>`;
  const body = html`</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header>
<h1>Readiness report</h1>
<p>${subject}</p>
${answer === undefined ? undefined : html`<p class="verdict">${answer}</p>`}
<p class="faint">${dateTime(report.at)}. ${countsText(report)}</p>
<ul class="tiles">${tiles}</ul>
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main id="main">
${sections.map(
  ({ id, title, body: content }) =>
    html`<section aria-labelledby="${id}-title">
      <h2 id="${id}-title"><span id="${id}"></span>${title}</h2>
      ${content}
    </section>`,
)}
</main>
<footer>Made by rekindle ${report.version}. It looked, and changed nothing.</footer>
</body>
</html>
`;
  return `${page.text}${style}${body.text}`;
}
