/**
 * What may be done with a photo. A stylized photo is a derivative work: whoever makes one needs the licence's leave, and owes what the licence
 * asks for in return.
 *
 * <p>This is what the licences' summaries say, for choosing among photos and for naming their makers; it is no legal advice.
 */
package io.toonlake.licence;
