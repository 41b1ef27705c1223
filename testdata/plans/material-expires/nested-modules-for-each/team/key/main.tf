variable "end" {
  type = string
}

resource "aws_kms_external_key" "this" {
  valid_to = var.end
}
