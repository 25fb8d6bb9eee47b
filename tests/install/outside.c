/* A stranger's program: only what is installed. */
#include <autarky/autarky.h>

#include <stdio.h>

int main(void)
{
    autk_input *input = NULL;
    autk_err err;
    autk_status st = autk_input_open(&input, "/nowhere/at/all.csv", &err);
    printf("libautarky %s says: %s: %s\n", autk_version(), err.source, err.msg);
    return st == AUTK_EIO ? 0 : 1;
}
