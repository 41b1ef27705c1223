variable "key" {
  type = string
}

variable "secrets" {
  type = map(string)
}

resource "aws_kms_ciphertext" "this" {
  for_each = var.secrets

  key_id    = var.key
  plaintext = each.value
}
