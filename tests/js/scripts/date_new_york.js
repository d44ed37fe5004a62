// America/New_York: summer time from March 10 7:00 UTC to November 3 6:00 UTC in 2024
new Date(2024, 2, 10, 2, 30)
new Date(2024, 10, 3, 1, 30)
String(new Date(2024, 10, 3, 1, 30))
String(new Date(2024, 0, 1))
const d = new Date(2024, 6, 4, 0); return [String(d), d.toUTCString(), d.toLocaleString(), d.getTimezoneOffset()];
String(new Date(-62198755200000))
Date.parse('2024-11-03T01:30')
Date.parse('1 Jan 2024 EST') === new Date(2024, 0, 1).getTime()
new Date(0).getDate()
new Date(0).getYear()
const d = new Date(2024, 2, 9, 2, 30); d.setDate(10); return String(d);
