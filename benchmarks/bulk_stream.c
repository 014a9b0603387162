/* The log as a C program reads it: one pass, one thread, nothing kept but the tables.

       cc -O2 -o stream bulk_stream.c && ./stream LOG.csv FACTS_FOLDER OUT.csv

   Strict where it is cheap: four cells, a time in UTC to the second, a dotted quad without leading zeros or IPv6 text
   (inet_pton), a decimal port. A row that does not fit is counted and left out. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER (1 << 20)
#define DATES 24 /* "\tYYYY-MM-DD\tYYYY-MM-DD" */

static uint32_t *starts4, *ids4, *ids6;
static uint64_t *starts6;
static size_t count4, count6, facts, days;
static char **said;
static size_t *said_length;
static int *group_of;
static long first_day;
static char (*dates)[DATES];
static unsigned char *dates_length;

static void *grow(void *old, size_t count, size_t size)
{
    void *made = (count & (count - 1)) == 0 ? realloc(old, (count ? 2 * count : 1) * size) : old;
    if (!made) { perror("realloc"); exit(2); }
    return made;
}

static FILE *open_in(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file) { perror(path); exit(2); }
    return file;
}

/* Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant, days_from_civil). */
static long day_number(long year, long month, long day)
{
    year -= month <= 2;
    long era = year / 400, of_era = year - era * 400;
    long of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static char *digits(long value, int count, char *out)
{
    for (int place = count; place--; value /= 10) out[place] = (char)('0' + value % 10);
    return out + count;
}

static char *date_text(long number, char *out)
{
    number += 719468;
    long era = number / 146097, of_era = number - era * 146097;
    long year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * year + year / 4 - year / 100), part = (5 * of_year + 2) / 153;
    long day = of_year - (153 * part + 2) / 5 + 1, month = part + (part < 10 ? 3 : -9);
    year += era * 400 + (month <= 2);
    out = digits(year, 4, out), *out++ = '-';
    out = digits(month, 2, out), *out++ = '-';
    return digits(day, 2, out);
}

static void read_tables(const char *folder)
{
    char *line = NULL;
    size_t room = 0;
    FILE *file = open_in(folder, "segments.txt");
    int version;
    unsigned long long start;
    unsigned id;
    while (fscanf(file, "%d\t%llu\t%u", &version, &start, &id) == 3) {
        if (version == 4) {
            starts4 = grow(starts4, count4, sizeof *starts4);
            ids4 = grow(ids4, count4, sizeof *ids4);
            starts4[count4] = (uint32_t)start;
            ids4[count4++] = id;
        } else {
            starts6 = grow(starts6, count6, sizeof *starts6);
            ids6 = grow(ids6, count6, sizeof *ids6);
            starts6[count6] = start;
            ids6[count6++] = id;
        }
    }
    fclose(file);
    file = open_in(folder, "facts.txt");
    for (ssize_t length; (length = getline(&line, &room, file)) > 0; facts++) {
        line[length - 1] = 0;
        char *group = strrchr(line, '\t'), *cells = strchr(line, '\t') + 1;
        *group = 0;
        said = grow(said, facts, sizeof *said);
        said_length = grow(said_length, facts, sizeof *said_length);
        group_of = grow(group_of, facts, sizeof *group_of);
        char *kept = malloc(2 * strlen(cells) + 12), *to = kept;
        for (char *cell = cells;; cell++) { /* status, prefix, origin, operator, addressee: names are quoted */
            size_t width = strcspn(cell, "\t");
            int quote = memchr(cell, ',', width) || memchr(cell, '"', width);
            *to++ = ',';
            if (quote) *to++ = '"';
            for (size_t n = 0; n < width; n++) {
                if (cell[n] == '"') *to++ = '"';
                *to++ = cell[n];
            }
            if (quote) *to++ = '"';
            cell += width;
            if (!*cell) break;
        }
        said[facts] = kept;
        said_length[facts] = (size_t)(to - kept);
        group_of[facts] = atoi(group + 1);
    }
    fclose(file);
    file = open_in(folder, "expiries.txt");
    size_t rows = 0;
    while (getline(&line, &room, file) > 0) {
        int group = atoi(line);
        char *at = strchr(line, '\t') + 1;
        long day = day_number(atoi(at), atoi(at + 5), atoi(at + 8));
        if (!rows) first_day = day;
        dates = grow(dates, rows, sizeof *dates);
        dates_length = grow(dates_length, rows, 1);
        at += 10;
        size_t width = strcspn(at, "\n");
        for (size_t n = 0; n < width; n++) dates[rows][n] = at[n] == '\t' ? ',' : at[n];
        dates_length[rows++] = (unsigned char)width;
        if (group == 1) days = rows;
    }
    fclose(file);
    free(line);
}

static int number(const char *at, int width)
{
    int value = 0;
    while (width--) {
        if (*at < '0' || *at > '9') return -1;
        value = 10 * value + *at++ - '0';
    }
    return value;
}

static int quad(const char *at, const char *end, uint32_t *out)
{
    uint32_t whole = 0;
    for (int part = 0; part < 4; part++) {
        int value = 0, width = 0;
        const char *first = at;
        while (at < end && *at >= '0' && *at <= '9' && width < 4) value = 10 * value + *at++ - '0', width++;
        if (!width || width > 3 || value > 255 || (width > 1 && *first == '0')) return 0;
        whole = whole << 8 | (uint32_t)value;
        if (part < 3 && (at == end || *at++ != '.')) return 0;
    }
    *out = whole;
    return at == end;
}

static uint32_t find4(uint32_t key)
{
    size_t low = 0, high = count4;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (starts4[middle] <= key) low = middle; else high = middle;
    }
    return ids4[low];
}

static uint32_t find6(uint64_t key)
{
    size_t low = 0, high = count6;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (starts6[middle] <= key) low = middle; else high = middle;
    }
    return ids6[low];
}

/* Write one answer; 0 when the row does not fit. */
static size_t answer(const char *line, const char *end, char *out)
{
    const char *cell[5] = {line};
    int cells = 1;
    for (const char *at = line; at < end; at++)
        if (*at == ',') {
            if (cells == 4) return 0;
            cell[cells++] = at + 1;
        }
    if (cells != 4) return 0;
    cell[4] = end + 1;
    const char *time = cell[1];
    long width = cell[2] - 1 - time;
    if ((width != 20 && width != 24) || time[width - 1] != 'Z' || time[10] != 'T') return 0;
    int year = number(time, 4), month = number(time + 5, 2), day = number(time + 8, 2);
    int hour = number(time + 11, 2), minute = number(time + 14, 2), second = number(time + 17, 2);
    static const int lengths[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > lengths[month] || hour < 0 || hour > 23) return 0;
    if (minute < 0 || minute > 59 || second < 0 || second > 59) return 0;
    if (month == 2 && day == 29 && (year % 4 || (year % 100 == 0 && year % 400))) return 0;
    long connected = day_number(year, month, day) + (hour >= 15); /* JST is UTC+9 */
    const char *ip = cell[2], *ip_end = cell[3] - 1;
    uint32_t four, id;
    if (quad(ip, ip_end, &four)) {
        id = find4(four);
    } else {
        char text[48];
        unsigned char six[16];
        if (ip_end - ip > 45 || !memchr(ip, ':', (size_t)(ip_end - ip))) return 0;
        memcpy(text, ip, (size_t)(ip_end - ip));
        text[ip_end - ip] = 0;
        if (inet_pton(AF_INET6, text, six) != 1) return 0;
        uint64_t high = 0;
        for (int n = 0; n < 8; n++) high = high << 8 | six[n];
        id = find6(high);
    }
    for (const char *at = cell[3]; at < end; at++)
        if (*at < '0' || *at > '9') return 0;
    if (end - cell[3] > 5 || (end > cell[3] && number(cell[3], (int)(end - cell[3])) > 65535)) return 0;
    char *to = out;
    size_t part = (size_t)(end - time);
    memcpy(to, time, part), to += part; /* time, address and port as they stand, then the account */
    *to++ = ',';
    part = (size_t)(cell[1] - 1 - line);
    for (size_t n = 0; n < part; n++)
        if (line[n] < '0' || line[n] > '9') return 0;
    memcpy(to, line, part), to += part;
    memcpy(to, said[id], said_length[id]), to += said_length[id];
    *to++ = ',';
    to = date_text(connected, to);
    long row = connected - first_day;
    if (group_of[id] && row >= 0 && row < (long)days) {
        size_t at = (size_t)(group_of[id] - 1) * days + (size_t)row;
        memcpy(to, dates[at], dates_length[at]), to += dates_length[at];
    } else {
        *to++ = ',', *to++ = ',';
    }
    *to++ = '\n';
    return (size_t)(to - out);
}

int main(int count, char **words)
{
    if (count != 4) { fprintf(stderr, "usage: stream LOG FACTS OUT\n"); return 2; }
    read_tables(words[2]);
    FILE *in = fopen(words[1], "rb"), *out = fopen(words[3], "wb");
    if (!in || !out) { perror(in ? words[3] : words[1]); return 2; }
    static char buffer[2 * BUFFER], made[2 * BUFFER];
    size_t held = 0, filled = 0, rows = 0, left_out = 0, got;
    int header = 1;
    fputs("utc,ip,port,account_id,attribution_status,prefix,origin_as,operator,addressee,connected_on_jst,"
          "earliest_expiry,act_by\n", out);
    while ((got = fread(buffer + held, 1, BUFFER, in)) > 0) {
        char *line = buffer, *end = buffer + held + got, *stop;
        while ((stop = memchr(line, '\n', (size_t)(end - line)))) {
            if (!header && stop - line < 65536) {
                size_t width = answer(line, stop, made + filled);
                rows++, left_out += !width, filled += width;
                if (filled > BUFFER) fwrite(made, 1, filled, out), filled = 0;
            }
            header = 0;
            line = stop + 1;
        }
        held = (size_t)(end - line);
        if (held > BUFFER) { fprintf(stderr, "a line is too long\n"); return 2; }
        memmove(buffer, line, held);
    }
    fwrite(made, 1, filled, out);
    if (fclose(out)) { perror(words[3]); return 2; }
    printf("{\"rows\": %zu, \"left_out\": %zu}\n", rows, left_out);
    return 0;
}
