// Europe/Berlin: summer time from March 31 1:00 UTC to October 27 1:00 UTC in 2024
new Date(2024, 0, 1)
new Date(2024, 6, 1)
new Date(2024, 2, 31, 1, 59, 59)
new Date(2024, 2, 31, 2, 30)
new Date(2024, 2, 31, 3, 0)
new Date(2024, 9, 27, 1, 59)
new Date(2024, 9, 27, 2, 0)
new Date(2024, 9, 27, 2, 30)
new Date(2024, 9, 27, 3, 0)
const d = new Date(2024, 9, 27, 2, 30); return [String(d), String(new Date(d.getTime() + 3600000))];
const d = new Date(2024, 2, 31, 2, 30); return [d.getHours(), d.getTimezoneOffset(), String(d)];
const d = new Date(2024, 5, 1, 12); return [String(d), d.toLocaleString(), d.toISOString(), d.getTimezoneOffset(), d.getHours(), d.getUTCHours()];
const d = new Date(2024, 2, 30, 2, 30); d.setDate(31); return [String(d), d.getTime()];
const d = new Date(2024, 9, 26, 2, 30); d.setDate(27); return [String(d), d.getTime()];
const d = new Date(2024, 9, 27, 2, 30); d.setMinutes(45); return [String(d), d.getTime()];
const d = new Date(Date.UTC(2024, 9, 27, 1, 30)); d.setMinutes(45); return [String(d), d.getTime()];
const d = new Date(2024, 0, 31); d.setMonth(6); return String(d);
[Date.parse('2024-07-01'), Date.parse('2024-07-01T00:00'), Date.parse('2024-07-01 00:00'), Date.parse('Jul 1 2024'), Date.parse('Jul 1 2024 UTC')]
[Date.parse('2024-03-31T02:30'), Date.parse('2024-10-27T02:30')]
String(new Date(Date.UTC(1945, 6, 1)))
new Date(1900, 0, 1).getTime()
String(new Date(Date.UTC(1850, 0, 1)))
new Date(1850, 0, 1).getTimezoneOffset()
String(new Date(8.64e15))
new Date(8.64e15).getHours()
new Date(-8.64e15).getTime()
new Date(275760, 8, 13, 2)
new Date(275760, 8, 13, 2, 0, 0, 1)
new Date(2024, 5, 1, 12).toLocaleString('en-US', { timeZone: 'UTC' })
String(new Date(2100, 6, 1))
Date.parse(String(new Date(2024, 6, 1)))
Date.parse(new Date(2024, 6, 1).toLocaleString())
