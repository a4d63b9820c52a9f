/* How Python calls a program: a function of Python's own kind, which makes the arrays for the results and calls.
 *
 * It is built once, for all programs, as the first that a compiler builds. What stands in front of it is said in
 * interface.py. */
#include <math.h>
#include <stdint.h>

/* What is known of a program, as the data of an array of integers; for each input whether it is an array; for each array
 * that is a result the number of its axes and its shape, one behind the other; of each number what it is. */
typedef struct { ptrdiff_t function, inputs, arrays, numbers, rest[]; } Plan;
/* What `self` holds: the plan, what is called where an input has to be converted first, and where there is no memory;
 * then the dtypes of the arrays, and the dtypes or types of the numbers. */
enum { PLAN, AGAIN, LACKING, TYPES };

static PyObject *number(double value, ptrdiff_t kind, PyObject *type)
{
    if (kind == NUMBER_FLOAT) return cg_float(value);
    if (kind == NUMBER_DOUBLE) return cg_scalar(&value, type, NULL);
    if (kind == NUMBER_SINGLE) {
        float narrow = (float)value;
        return cg_scalar(&narrow, type, NULL);
    }
    PyObject *given = cg_float(value);
    if (!given) return NULL;
    PyObject *made = cg_call(type, &given, 1, NULL);
    cg_drop(given);
    return made;
}

/* The results, as far as they can be made before the program runs: each array is also what the program is given. */
static Tuple *results(const Plan *plan, PyObject *const *types, PyObject **items)
{
    Tuple *made = (Tuple *)cg_tuple(plan->arrays + plan->numbers);
    const ptrdiff_t *shape = plan->rest + plan->inputs;
    for (ptrdiff_t i = 0; made && i < plan->arrays; i++, shape += 1 + shape[0]) {
        cg_hold(types[i]);
        items[i] = cg_new(cg_array_type, types[i], (int)shape[0], shape + 1, NULL, NULL, 0, NULL);
        if (!items[i]) {
            cg_drop((PyObject *)made);
            return NULL;
        }
        made->items[i] = items[i];
    }
    return made;
}

/* The results. `objects` is room for all that the program is given, `values` for the numbers that it gives. */
static PyObject *ran(PyObject *self, PyObject *const *given, ptrdiff_t count, Tuple *objects, double *values)
{
    PyObject *const *own = ((Tuple *)self)->items;
    const Plan *plan = ((Array *)own[PLAN])->data;
    Array numbers = {.data = values};
    if (count != plan->inputs) return cg_call(own[AGAIN], given, count, NULL);
    for (ptrdiff_t i = 0; i < count; i++) {
        void *type = given[i]->type;
        if (plan->rest[i] ? type != cg_array_type : type != cg_float_type && type != cg_double_type)
            return cg_call(own[AGAIN], given, count, NULL);
        objects->items[i] = given[i];
    }
    Tuple *made = results(plan, own + TYPES, objects->items + plan->inputs);
    if (!made) return NULL;
    objects->items[plan->inputs + plan->arrays] = (PyObject *)&numbers;
    void *thread = cg_release();  /* others may go on meanwhile */
    int status = ((int (*)(Tuple *))plan->function)(objects);
    cg_acquire(thread);
    if (status) {
        cg_drop((PyObject *)made);
        return status == STATUS_NOT_PLAIN ? cg_call(own[AGAIN], given, count, NULL) : cg_call(own[LACKING], NULL, 0, NULL);
    }
    const ptrdiff_t *kinds = plan->rest + plan->inputs;
    for (ptrdiff_t i = 0; i < plan->arrays; i++) kinds += 1 + kinds[0];
    for (ptrdiff_t i = 0; i < plan->numbers; i++) {
        PyObject *x = number(values[i], kinds[i], own[TYPES + plan->arrays + i]);
        if (!x) {
            cg_drop((PyObject *)made);
            return NULL;
        }
        made->items[plan->arrays + i] = x;
    }
    return (PyObject *)made;
}

enum { HEAD = sizeof(Tuple) / sizeof(PyObject *), FEW = 256 };

static PyObject *entry(PyObject *self, PyObject *const *given, ptrdiff_t count)
{
    PyObject *const *own = ((Tuple *)self)->items;
    const Plan *plan = ((Array *)own[PLAN])->data;
    size_t words = HEAD + plan->inputs + plan->arrays + 1, numbers = plan->numbers;
    if (words <= FEW && numbers <= FEW) {
        PyObject *objects[FEW];
        double values[FEW];
        return ran(self, given, count, (Tuple *)objects, values);
    }
    double *values = malloc(numbers * sizeof *values + words * sizeof *own);
    if (!values) return cg_call(own[LACKING], NULL, 0, NULL);
    PyObject *made = ran(self, given, count, (Tuple *)(values + numbers), values);
    free(values);
    return made;
}

Method cg_entry = {"program", entry, 0x80, NULL};

/* By its results it is seen whether a compiler works. */
void cg_trial(const double *x, double *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++) out[i] = sqrt(x[i]) + log(x[i]);
}
