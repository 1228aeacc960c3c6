// What a dev server does: watches the sources by fs.watch and by chokidar, and reads again what changed.
const fs = require('fs'), path = require('path'), chokidar = require('chokidar');
const root = '/workspace/src';
const say = (...words) => process.stdout.write(words.join(' ') + '\n');
const content = (file) => {
    try { return fs.readFileSync(path.join(root, file), 'utf8').trim(); } catch { return 'gone'; }
};
fs.watch(root, (_, file) => say('fs.watch', file, content(file)));
chokidar.watch(root, { ignoreInitial: true })
    .on('all', (event, file) => say('chokidar', event, path.relative(root, file), content(path.relative(root, file))))
    .on('ready', () => say('ready'));
