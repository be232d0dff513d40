import { bytesText } from '../../../domain/bytes-text.ts';
import type { Limitation } from '../../cluster/limitation.ts';
import { eventNames, events } from '../../cluster/survival.ts';
import type { Fact, Severity } from '../../finding.ts';
import type { ProductionRow } from '../../production/row.ts';
import type { PlaceRow } from '../../report.ts';
import type { FirstStep, Group, Item } from '../outline.ts';
import { severityTone, stateTone, survivalTone } from '../tones.ts';
import { shortPath } from '../words.ts';
import type { Tone } from './colors.ts';
import { html, prose, type Markup } from './markup.ts';

const limitationWords: Readonly<Record<Limitation['state'], readonly [string, Tone]>> = {
  holds: ['measured', 'calm'],
  'does-not-hold': ['not so here', 'good'],
  unknown: ['could not look', 'warn'],
};

/** A word on its own ground: never only a colour. */
export function badge(tone: Tone, word: string): Markup {
  return html`<span class="badge ${tone}">${word}</span>`;
}

/** A severity as a badge. */
export function severityBadge(severity: Severity): Markup {
  return badge(severityTone[severity], severity);
}

/** One number of the head. */
export function tile(severity: Severity, count: number, meaning: string): Markup {
  return html`<li class="tile ${severityTone[severity]}">
    <b>${count}</b> ${severity}<br /><small>${meaning}</small>
  </li>`;
}

function facts(evidence: readonly Fact[]): Markup {
  return html`<ul class="facts">
    ${evidence.map(({ object, field, value }) => html`<li>${object}: ${field} = ${value}</li>`)}
  </ul>`;
}

function evidenceOf(evidence: readonly Fact[], what: string): Markup | undefined {
  if (evidence.length === 0) return undefined;
  return html`<details>
    <summary>Evidence<span class="skip"> for ${what}</span> (${evidence.length})</summary>
    ${facts(evidence)}
  </details>`;
}

/** One of the first steps. */
export function step({ severity, title, objects, say, commands }: FirstStep): Markup {
  return html`<li>
    <h3>${title} ${severityBadge(severity)}</h3>
    <p class="faint">${objects}</p>
    <p>${prose(say)}</p>
    ${commands.map((command) => html`<code class="command">${command}</code>`)}
  </li>`;
}

/** One question about production. */
export function productionLine({ question, state, answer, evidence, next, command }: ProductionRow): Markup {
  const first =
    state === 'yes' || next === undefined
      ? undefined
      : html`<p class="faint">Next: ${prose(next)}</p>
          ${command === undefined ? undefined : html`<code class="command">${command}</code>`}`;
  return html`<tr role="row">
    <th scope="row" role="rowheader">${question}</th>
    <td role="cell">${badge(stateTone[state], state)}</td>
    <td role="cell">
      <p>${prose(answer)}</p>
      ${first}${evidenceOf(evidence, question)}
    </td>
  </tr>`;
}

/** One limitation of the cluster. */
export function card({ title, state, found, cost, wayOut, evidence }: Limitation): Markup {
  const [word, tone] = limitationWords[state];
  return html`<article class="card">
    <h3>${title} ${badge(tone, word)}</h3>
    <p><strong>${prose(found)}</strong></p>
    ${
      cost === undefined ? undefined : html`<p>${prose(cost)}</p>`
    }${wayOut === undefined ? undefined : html`<p class="faint">Way out: ${prose(wayOut)}</p>`}${evidenceOf(evidence, title)}
  </article>`;
}

const mediumWords: Readonly<Record<PlaceRow['medium']['kind'], string>> = {
  bind: 'a folder of the machine',
  volume: 'a named volume of the engine',
  anonymous: 'an unnamed volume of the engine',
  tmpfs: 'memory',
  layer: 'the node’s own container',
  unknown: 'could not look',
  elsewhere: 'not on a node',
};

function sizeOf({ bytes, requested }: PlaceRow): Markup {
  if (!bytes.looked) return html`${badge('warn', 'could not look')} <span class="faint">${bytes.why}</span>`;
  return html`${bytesText(bytes.value)}${requested === undefined ? undefined : html` <span class="faint">of ${requested}</span>`}`;
}

/** One place of bytes: where it is. */
export function placeLine(place: PlaceRow): Markup {
  const { name, node, path, medium } = place;
  const source =
    medium.source === undefined ? undefined : html`<br /><code>${shortPath(medium.source)}</code>`;
  return html`<tr role="row">
    <th scope="row" role="rowheader">${name}</th>
    <td role="cell" data-head="node">${node ?? 'not known'}</td>
    <td role="cell" data-head="path in the node">
      ${path === undefined ? 'not known' : html`<code>${path}</code>`}
    </td>
    <td role="cell" data-head="on the machine">${mediumWords[medium.kind]}${source}</td>
    <td role="cell" data-head="size">${sizeOf(place)}</td>
  </tr>`;
}

/** The heads of the table of what survives what. */
export function eventHeads(): readonly Markup[] {
  return events.map((event) => html`<th scope="col">${eventNames[event]}</th>`);
}

/** One place of bytes: what it survives, with the reason in words. */
export function survivalLine({ name, survives }: PlaceRow): Markup {
  const cells = events.map((event) => {
    const { answer, why } = survives[event];
    const word = answer === 'none' ? '–' : answer;
    return html`<td title="${why}">${badge(survivalTone[answer], word)}</td>`;
  });
  return html`<tr>
    <th scope="row">${name}</th>
    ${cells}
  </tr>`;
}

/** Why a place does not survive what it does not survive. */
export function survivalReasons({ name, survives }: PlaceRow): readonly Markup[] {
  return events.flatMap((event) => {
    const { answer, why } = survives[event];
    if (answer === 'kept' || answer === 'none') return [];
    return [html`<li>${name}, ${eventNames[event]}: <b>${answer}</b>, ${why}</li>`];
  });
}

function itemLine(item: Item, group: Group): Markup {
  const { severity, object, place, claim, evidence, say, note, command } = item;
  const own = group.say === undefined ? html`<p>${prose(say)}</p>` : undefined;
  const warning = note === undefined ? undefined : html`<p class="faint">${prose(note)}</p>`;
  return html`<tr role="row">
    <th scope="row" role="rowheader">
      ${object}${place === undefined ? undefined : html`<br /><span class="faint">${place}</span>`}
    </th>
    <td role="cell">
      ${severity === group.severity ? undefined : html`${severityBadge(severity)} `}${prose(claim)}
    </td>
    <td role="cell">
      <ul class="facts">
        ${evidence.map((line) => html`<li>${line}</li>`)}
      </ul>
      ${own}${warning}${command === undefined ? undefined : html`<code class="command">${command}</code>`}
    </td>
  </tr>`;
}

/** All findings of one check; the worst are open. The roles keep it a table where a narrow page shows it as blocks. */
export function groupBlock(group: Group): Markup {
  const { id, title, severity, why, source, items, say } = group;
  const open = severity === 'high' ? html` open` : undefined;
  const label = `Table: ${title}`;
  return html`<details class="group" id="${id}" ${open}>
    <summary>
      ${severityBadge(severity)}
      <h3>${title}</h3>
      <span class="faint">${items.length} ${items.length === 1 ? 'finding' : 'findings'}</span>
    </summary>
    <div>
      <p>
        ${prose(why)} <a href="${source}" rel="noreferrer">Source<span class="skip"> of ${id}</span></a>
      </p>
      ${say === undefined ? undefined : html`<p><strong>First:</strong> ${prose(say)}</p>`}
      <div class="scroll" tabindex="0" role="region" aria-label="${label}">
        <table class="objects stack" role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th scope="col" role="columnheader">object</th>
              <th scope="col" role="columnheader">finding</th>
              <th scope="col" role="columnheader">evidence${say === undefined ? ' and first step' : ''}</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${items.map((item) => itemLine(item, group))}
          </tbody>
        </table>
      </div>
    </div>
  </details>`;
}
