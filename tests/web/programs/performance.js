log(typeof performance.now(), performance.now() >= 0, performance.timeOrigin > 1.6e12, performance instanceof EventTarget, performance instanceof Performance);
const before = performance.now();
log(performance.now() >= before);
const mark = performance.mark('a', { startTime: 10, detail: { x: [1] } });
log(mark.name, mark.entryType, mark.startTime, mark.duration, mark.detail, mark instanceof PerformanceEntry, mark instanceof PerformanceMark);
log(mark.toJSON());
performance.mark('b', { startTime: 25.5 });
performance.mark('a', { startTime: 20 });
for (const [name, ...rest] of [['m1', 'a', 'b'], ['m2', { start: 'a', end: 'b' }], ['m3', { start: 5, duration: 7 }], ['m4', { duration: 5, end: 'b' }],
    ['m5', { start: 1, end: 2, detail: 'd' }], ['m6', undefined, 'b'], ['m7', { end: 30 }]]) {
    const measure = performance.measure(name, ...rest);
    log(measure.name, measure.entryType, measure.startTime, measure.duration, measure.detail, measure instanceof PerformanceMeasure);
}
for (const rest of [['missing'], ['a', 'missing'], [{ start: 1, end: 2, duration: 1 }], [{ start: 1 }, 'b'], [{ start: -1, end: 2 }]]) {
    try { performance.measure('wrong', ...rest); log('measured'); } catch (error) { log(error.name); }
}
try { performance.mark('wrong', { startTime: -1 }); } catch (error) { log(error.name); }
log(performance.getEntriesByType('mark').map(entry => [entry.name, entry.startTime]));
log(performance.getEntriesByName('a').length, performance.getEntriesByName('m1', 'measure').length, performance.getEntriesByName('m1', 'mark').length);
log(performance.getEntriesByType('measure').map(entry => entry.name));
performance.clearMarks('a');
log(performance.getEntriesByType('mark').map(entry => entry.name));
performance.clearMarks(); performance.clearMeasures('m1');
log(performance.getEntries().filter(entry => entry.entryType !== 'node').map(entry => entry.name));
performance.clearMeasures();
log(performance.getEntriesByType('measure').length, new PerformanceMark('own', { startTime: 3 }).startTime, new PerformanceMark('own').detail);
try { new PerformanceMeasure(); } catch (error) { log(error.name); }
try { new Performance(); } catch (error) { log(error.name); }
