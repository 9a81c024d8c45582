// A drawn picture of the made-up shop, as SVG: the mock has no camera and no JPEG encoder.

const BACK = { cutting: '#b9b3a6', entrance: '#a9b0b2' };

export function picture(camera, zones, people) {
  const shapes = zones.map(({ type, polygon }) => {
    const [left, top] = polygon[0].map((part, axis) => part * (axis ? 720 : 1280));
    const width = (polygon[1][0] - polygon[0][0]) * 1280;
    const height = (polygon[2] ? polygon[2][1] - polygon[0][1] : 0.2) * 720;
    const colour = { CHAIR: '#5b4636', WASH: '#dfe6ea', WAIT: '#6c7a58' }[type];
    return `<rect x="${left}" y="${top + height * 0.45}" width="${width}" height="${height * 0.55}" rx="18" fill="${colour}"/>`;
  });
  const bodies = people.map(({ box: [x, y, w, h] }) => {
    const cell = 14;
    const cells = [];
    for (let row = 0; row * cell < h * 720; row += 1) {
      for (let column = 0; column * cell < w * 1280; column += 1) {
        const grey = 70 + ((row * 31 + column * 17) % 60);
        cells.push(`<rect x="${x * 1280 + column * cell}" y="${y * 720 + row * cell}" width="${cell}" height="${cell}" fill="rgb(${grey},${grey - 8},${grey - 14})"/>`);
      }
    }
    return cells.join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720" width="1280" height="720"><rect width="1280" height="720" fill="${BACK[camera] ?? '#aaa'}"/>` +
    '<path d="M0 430H1280V720H0Z" fill="#8d7b66"/><rect x="384" y="36" width="410" height="150" rx="8" fill="#d7dee0"/>' + shapes.join('') + bodies.join('') + '</svg>';
}
