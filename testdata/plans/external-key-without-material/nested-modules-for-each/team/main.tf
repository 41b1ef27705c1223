variable "name" {
  type = string
}

variable "material" {
  type = string
}

module "key" {
  source = "./key"

  material = var.material
}

resource "aws_sqs_queue" "this" {
  name              = var.name
  kms_master_key_id = module.key.arn
}
