/* Functions that choose, divide and multiply: as NumPy's, and the costs of networks with their conventions. They need
 * those of functions.h, and are divided into blocks in the same way. */

/* The larger and the smaller of two numbers; nan where either is nan, which fmax and fmin pass over. */
static inline double cg_maximum(double x, double y) {
    return x >= y || x != x ? x : y;
}
static inline float cg_maximum_f(float x, float y) {
    return x >= y || x != x ? x : y;
}
static inline double cg_minimum(double x, double y) {
    return x <= y || x != x ? x : y;
}
static inline float cg_minimum_f(float x, float y) {
    return x <= y || x != x ? x : y;
}

/* -1, 0 or 1; nan of nan. */
static inline double cg_sign(double x) {
    return x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x;
}
static inline float cg_sign_f(float x) {
    return x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x;
}

/* 0 below 0, 1 above, and as told at 0. */
static inline double cg_heaviside(double x, double at_0) {
    return x > 0 ? 1 : x < 0 ? 0 : x == 0 ? at_0 : x;
}
static inline float cg_heaviside_f(float x, float at_0) {
    return x > 0 ? 1 : x < 0 ? 0 : x == 0 ? at_0 : x;
}

/* x - floor(x / y) y, with the sign of y: Python's x % y. */
static inline double cg_remainder(double x, double y) {
    double rest = fmod(x, y);
    return rest == 0 && y != 0 ? copysign(0, y) : (rest < 0) != (y < 0) && y != 0 ? rest + y : rest;
}
static inline float cg_remainder_f(float x, float y) {
    float rest = fmodf(x, y);
    return rest == 0 && y != 0 ? copysignf(0, y) : (rest < 0) != (y < 0) && y != 0 ? rest + y : rest;
}

/* floor(x / y), exact where x / y would round up to the next integer: Python's x // y. */
static inline double cg_floor_divide(double x, double y) {
    double rest = fmod(x, y), quotient = (x - rest) / y - (rest != 0 && (rest < 0) != (y < 0));
    double whole = floor(quotient);
    whole = quotient - whole > 0.5 ? whole + 1 : whole;
    return y == 0 ? x / y : quotient == 0 ? copysign(0, x / y) : whole;
}
static inline float cg_floor_divide_f(float x, float y) {
    float rest = fmodf(x, y), quotient = (x - rest) / y - (rest != 0 && (rest < 0) != (y < 0));
    float whole = floorf(quotient);
    whole = quotient - whole > 0.5f ? whole + 1 : whole;
    return y == 0 ? x / y : quotient == 0 ? copysignf(0, x / y) : whole;
}

/* x^3. */
static inline double cg_cube(double x) {
    return x * x * x;
}
static inline float cg_cube_f(float x) {
    return x * x * x;
}

/* x ln y, where 0 ln 0 counts as 0: x is 0 and y is known. Elsewhere a 0 has the sign of the product. */
static inline double cg_xlogy(double x, double y) {
    double product = x * cg_log(y);
    return product == product || x != 0 || y != y ? product : 0;
}
static inline float cg_xlogy_f(float x, float y) {
    float product = x * cg_log_f(y);
    return product == product || x != 0 || y != y ? product : 0;
}

/* x / y, where 0 / 0 counts as 0. */
static inline double cg_ratio(double x, double y) {
    double quotient = x / y;
    return quotient == quotient || x != 0 || y != y ? quotient : 0;
}
static inline float cg_ratio_f(float x, float y) {
    float quotient = x / y;
    return quotient == quotient || x != 0 || y != y ? quotient : 0;
}

/* x - y, where the difference of equal infinities counts as 0. */
static inline double cg_gap(double x, double y) {
    double difference = x - y;
    return difference == difference || x != y ? difference : 0;
}
static inline float cg_gap_f(float x, float y) {
    float difference = x - y;
    return difference == difference || x != y ? difference : 0;
}

/* -(y ln a + (1 - y) ln(1 - a)), where 0 ln 0 counts as 0. */
static inline double cg_log_loss(double a, double y) {
    return -(cg_xlogy(y, a) + cg_xlogy(1 - y, 1 - a));
}
static inline float cg_log_loss_f(float a, float y) {
    return -(cg_xlogy_f(y, a) + cg_xlogy_f(1 - y, 1 - a));
}

/* Its derivative by a, (1 - y) / (1 - a) - y / a over a common denominator; in which 0 / 0 counts as 0. */
static inline double cg_log_loss_slope(double a, double y) {
    double slope = (a - y) / (a * (1 - a));
    return slope == slope ? slope : cg_ratio(1 - y, 1 - a) - cg_ratio(y, a);
}
static inline float cg_log_loss_slope_f(float a, float y) {
    float slope = (a - y) / (a * (1 - a));
    return slope == slope ? slope : cg_ratio_f(1 - y, 1 - a) - cg_ratio_f(y, a);
}

/* The probability that a standard normal number is below x; in double precision, as NumPy's kernel computes it. */
static inline double cg_normal_cdf(double x) {
    return erfc(-x / 0x1.6a09e667f3bcdp+0) / 2;
}
static inline float cg_normal_cdf_f(float x) {
    return (float)(erfc(-x / 0x1.6a09e667f3bcdp+0) / 2);
}

/* The larger and the smaller of two numbers, of which nan is passed over. */
static inline double cg_fmax(double x, double y) {
    return x >= y || y != y ? x : y;
}
static inline float cg_fmax_f(float x, float y) {
    return x >= y || y != y ? x : y;
}
static inline double cg_fmin(double x, double y) {
    return x <= y || y != y ? x : y;
}
static inline float cg_fmin_f(float x, float y) {
    return x <= y || y != y ? x : y;
}

/* x between two bounds; nan where any of them is. */
static inline double cg_clip(double x, double low, double high) {
    double y = x > low ? x : low, z = y < high ? y : high;
    return x != x ? x : low != low ? low : z;
}
static inline float cg_clip_f(float x, float low, float high) {
    float y = x > low ? x : low, z = y < high ? y : high;
    return x != x ? x : low != low ? low : z;
}

/* Degrees as radians, and radians as degrees. */
static inline double cg_radians(double x) {
    return x * (0x1.921fb54442d18p+1 / 180);
}
static inline float cg_radians_f(float x) {
    return x * (0x1.921fb6p+1f / 180);
}
static inline double cg_degrees(double x) {
    return x * (180 / 0x1.921fb54442d18p+1);
}
static inline float cg_degrees_f(float x) {
    return x * (180 / 0x1.921fb6p+1f);
}
