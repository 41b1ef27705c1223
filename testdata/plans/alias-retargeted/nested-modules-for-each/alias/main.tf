variable "name" {
  type = string
}

variable "key" {
  type = string
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = var.key
}
