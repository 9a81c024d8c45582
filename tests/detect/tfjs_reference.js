// Runs the original TF.js graph of the npm package on one 300x300 RGB picture: person boxes after TF.js's own NMS.
const tf = require('@tensorflow/tfjs'); const fs = require('fs'); const path = require('path');
const [,, modelFile, rgb, out] = process.argv;
const json = JSON.parse(fs.readFileSync(modelFile)); const dir = path.dirname(modelFile);
const data = Buffer.concat(json.weightsManifest[0].paths.map(p => fs.readFileSync(path.join(dir, p))));
const handler = tf.io.fromMemory({modelTopology: json.modelTopology, weightSpecs: json.weightsManifest[0].weights,
  weightData: data.buffer.slice(data.byteOffset, data.byteOffset + data.length)});
(async () => {
  await tf.setBackend('cpu');
  const model = await tf.loadGraphModel(handler);
  const image = tf.tensor4d(new Int32Array(fs.readFileSync(rgb)), [1, 300, 300, 3], 'int32');
  const results = await model.executeAsync(image);
  const scoresT = results.find(t => t.shape.length === 3), boxesT = results.find(t => t.shape.length === 4);
  const n = scoresT.shape[1], c = scoresT.shape[2];
  const s = scoresT.dataSync(), b = boxesT.dataSync();
  const person = new Float32Array(n); for (let i = 0; i < n; ++i) person[i] = s[i * c];
  const keep = tf.image.nonMaxSuppression(tf.tensor2d(b, [n, 4]), tf.tensor1d(person), 300, 0.6, 0.15).dataSync();
  fs.writeFileSync(out, JSON.stringify({shape: [n, c], boxes: Array.from(b), person: Array.from(person), keep: Array.from(keep)}));
})();
